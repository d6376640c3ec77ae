// Vectors in the world.
#pragma once
#include "kernel.h"

struct Point
{
    float x, y, z;
};

INLINE Point point_at(const float* from, int i) { return {from[3 * i], from[3 * i + 1], from[3 * i + 2]}; }
INLINE Point minus(Point a, Point b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
INLINE Point plus(Point a, Point b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
INLINE Point times(Point a, float b) { return {a.x * b, a.y * b, a.z * b}; }
INLINE float inner(Point a, Point b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
INLINE Point outer(Point a, Point b) { return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x}; }

INLINE void put(float* to, int i, Point p)
{
    to[3 * i] = p.x;
    to[3 * i + 1] = p.y;
    to[3 * i + 2] = p.z;
}

INLINE void add_point(float* to, int i, Point p) { put(to, i, plus(point_at(to, i), p)); }

// Where several threads add.
INLINE void add_atomically(float* to, int i, Point p)
{
    add(to + 3 * i, p.x);
    add(to + 3 * i + 1, p.y);
    add(to + 3 * i + 2, p.z);
}

// A vertex's unit normal from the sum of the area vectors around it; z where these have no length.
INLINE Point normal_of(const float* sums, int v)
{
    Point sum = point_at(sums, v);
    float length = square_root(inner(sum, sum));
    return length > 0 ? times(sum, 1 / length) : Point{0, 0, 1};
}
