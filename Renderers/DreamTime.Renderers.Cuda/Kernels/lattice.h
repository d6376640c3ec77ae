// A body-centred lattice, numbered as TetrahedralGrid numbers it: the corners of `cubes` cubes an axis, x fastest, then their centres.
#pragma once
#include "kernel.h"
#include "vector.h"

struct Place
{
    int x, y, z, is_corner;
};

INLINE int corner_count(int cubes) { return (cubes + 1) * (cubes + 1) * (cubes + 1); }
INLINE int corner_at(int cubes, int x, int y, int z) { return (z * (cubes + 1) + y) * (cubes + 1) + x; }
INLINE int centre_at(int cubes, int x, int y, int z) { return corner_count(cubes) + (z * cubes + y) * cubes + x; }
INLINE int corner_of(int cubes, int x, int y, int z, int k) { return corner_at(cubes, x + (k & 1), y + (k >> 1 & 1), z + (k >> 2)); }

INLINE Place place_of(int cubes, int vertex)
{
    int corners = corner_count(cubes), is_corner = vertex < corners, side = is_corner ? cubes + 1 : cubes, index = is_corner ? vertex : vertex - corners;
    return {index % side, index / side % side, index / (side * side), is_corner};
}

INLINE int on_hull(int cubes, int vertex)
{
    Place p = place_of(cubes, vertex);
    int last = p.is_corner ? cubes : cubes - 1;
    return p.x == 0 || p.y == 0 || p.z == 0 || p.x == last || p.y == last || p.z == last;
}

INLINE float hyperbolic_tangent(float x)
{
    float size = x < 0 ? -x : x;
    if (size < 0.02f)
        return x - x * x * x / 3;
    float t = 1 - 2 / (1 + exponential(smaller(2 * size, 80)));
    return x < 0 ? -t : t;
}

// A vertex may move by a quarter of a cube along each axis.
INLINE Point moved(int cubes, float spacing, float radius, int vertex, const float* move)
{
    Place p = place_of(cubes, vertex);
    float half = p.is_corner ? 0 : 0.5f, reach = 0.25f * spacing;
    return {
        (p.x + half) * spacing - radius + reach * hyperbolic_tangent(move[3 * vertex]), (p.y + half) * spacing - radius + reach * hyperbolic_tangent(move[3 * vertex + 1]),
        (p.z + half) * spacing - radius + reach * hyperbolic_tangent(move[3 * vertex + 2])};
}

struct Crossing
{
    float share, gap;
    int held;
};

// The part of an edge that lies inside, as MarchingTetrahedra has it.
INLINE Crossing crossing_of(int cubes, float spacing, int inner, int outer, const float* distance)
{
    float least = 0.01f * spacing, a = distance[inner], b = distance[outer];
    int held = b < least && on_hull(cubes, outer);
    float gap = smaller(a - (held ? least : b), -1e-6f * spacing);
    return {a / gap, gap, held};
}
