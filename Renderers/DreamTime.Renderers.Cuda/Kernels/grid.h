// Where a point lies in a level of the multiresolution hash grid (Mueller et al. 2022), laid out as HashGridLayout says: rows along x are neighbours in memory, only (y, z) is hashed.
#pragma once
#include "kernel.h"
#include "edge.h"

struct Corner
{
    int cell;
    float fraction;
};

INLINE Corner corner_of(float position, int resolution)
{
    float scaled = position * resolution;
    int cell = (int)scaled;
    if (cell > resolution - 1)
        cell = resolution - 1;
    return {cell, scaled - (float)cell};
}

// A level, and where a sample lies in it.
struct Cell
{
    Corner x, y, z;
    // Of the lower ends of the cell's four edges along x, in the whole table: (0, 0), (1, 0), (0, 1), (1, 1) in y and z.
    int entries[4];
    float weights[4];
};

INLINE Cell cell_of(const int* levels, int level, float px, float py, float pz)
{
    int resolution = levels[4 * level], offset = levels[4 * level + 1], mask = levels[4 * level + 2], side = resolution + 1;
    Cell cell = {corner_of(px, resolution), corner_of(py, resolution), corner_of(pz, resolution)};
    // A dense level's strides add up where a hashed one's are mixed: both without a branch, so that all loads are under way together.
    unsigned y0 = (unsigned)cell.y.cell * 2654435761u, y1 = y0 + 2654435761u, z0 = (unsigned)cell.z.cell * 805459861u, z1 = z0 + 805459861u;
    int dense = (cell.z.cell * side + cell.y.cell) * side, first = offset + cell.x.cell;
    cell.entries[0] = first + (mask ? (int)((y0 ^ z0) & mask) : dense);
    cell.entries[1] = first + (mask ? (int)((y1 ^ z0) & mask) : dense + side);
    cell.entries[2] = first + (mask ? (int)((y0 ^ z1) & mask) : dense + side * side);
    cell.entries[3] = first + (mask ? (int)((y1 ^ z1) & mask) : dense + side * side + side);
    float fy = cell.y.fraction, fz = cell.z.fraction, gy = 1 - fy, gz = 1 - fz;
    cell.weights[0] = gy * gz;
    cell.weights[1] = fy * gz;
    cell.weights[2] = gy * fz;
    cell.weights[3] = fy * fz;
    return cell;
}
