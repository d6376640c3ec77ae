// Points of an image in homogeneous coordinates, in double, as Homogeneous and PixelProjection have them. They are compiled without fused products: a line through two points must be
// exactly the other way round for who exchanges them, or neighbouring triangles would leave gaps.
#pragma once
#include "kernel.h"

struct Homogeneous
{
    double x, y, w;
};

INLINE double dot(Homogeneous a, Homogeneous b) { return a.x * b.x + a.y * b.y + a.w * b.w; }
INLINE Homogeneous cross(Homogeneous a, Homogeneous b) { return {a.y * b.w - a.w * b.y, a.w * b.x - a.x * b.w, a.x * b.y - a.y * b.x}; }
INLINE double at(Homogeneous line, double x, double y) { return line.x * x + line.y * y + line.w; }
INLINE int sign_of(double x) { return x > 0 ? 1 : x < 0 ? -1 : 0; }
INLINE double smallest(double a, double b) { return a < b ? a : b; }
INLINE double largest(double a, double b) { return a > b ? a : b; }

#define NEAR 0.01

// views: [views][16]: position, forward, right, down, focal lengths, centre.
INLINE double along(const double* axis, double x, double y, double z) { return axis[0] * x + axis[1] * y + axis[2] * z; }

INLINE Homogeneous project(const double* view, const float* point)
{
    double x = point[0] - view[0], y = point[1] - view[1], z = point[2] - view[2], depth = along(view + 3, x, y, z);
    return {view[12] * along(view + 6, x, y, z) + view[14] * depth, view[13] * along(view + 9, x, y, z) + view[15] * depth, depth};
}

struct Corners
{
    Homogeneous a, b, c;
};

INLINE Corners corners_of(const double* view, const int* triangles, const float* positions, int triangle)
{
    const int* t = triangles + 3 * triangle;
    return {project(view, positions + 3 * t[0]), project(view, positions + 3 * t[1]), project(view, positions + 3 * t[2])};
}

INLINE double volume_of(Corners c) { return dot(c.a, cross(c.b, c.c)); }
