// What the kernels of Gaussians share: vectors, and the row of numbers that a view sees of a Gaussian.
#pragma once
#include "kernel.h"

// Side of a tile in pixels.
#define TILE 16

// Alpha below the least is not drawn, above the most it is that; a pixel that lets less through than OPAQUE is finished (Kerbl et al. 2023).
#define LEAST_ALPHA (1 / 255.0f)
#define MOST_ALPHA 0.99f
#define OPAQUE 1e-4f

// Centre in pixels, the conic (a, b; b, c), opacity, colour, distance from the camera; the first and the last column and row in reach, both included, as (first | last << 16).
struct Row
{
    float x, y, a, b, c, opacity, red, green, blue, distance;
    unsigned columns, rows;
};

#define ROW_QUADS 3

INLINE Row unpack(quad first, quad second, quad third)
{
    return {first.x, first.y, first.z, first.w, second.x, second.y, second.z, second.w, third.x, third.y,
            bits_of(third.z), bits_of(third.w)};
}

struct Vector
{
    float x, y, z;
};

INLINE Vector operator+(Vector a, Vector b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
INLINE Vector operator-(Vector a, Vector b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
INLINE Vector operator*(float f, Vector v) { return {f * v.x, f * v.y, f * v.z}; }
INLINE float dot(Vector a, Vector b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
INLINE Vector load(const float* from) { return {from[0], from[1], from[2]}; }

INLINE void add_to(float* to, Vector v)
{
    to[0] += v.x;
    to[1] += v.y;
    to[2] += v.z;
}

// A view: position, axes of the image (right, down, forward), pixels in a unit of the tangent, middle column and row, background; place of the light, its ambient and its diffuse share, 1 for
// white instead of the albedo.
#define VIEW_NUMBERS 24

struct Eye
{
    Vector position, right, down, forward;
    float focal, x, y;
};

INLINE Eye eye_of(const float* views, int view)
{
    const float* v = views + VIEW_NUMBERS * view;
    return {load(v), load(v + 3), load(v + 6), load(v + 9), v[12], v[13], v[14]};
}

struct Light
{
    Vector place;
    float ambient, diffuse;
    int textureless;
};

INLINE Light light_of(const float* views, int view)
{
    const float* v = views + VIEW_NUMBERS * view + 18;
    return {load(v), v[3], v[4], v[5] != 0};
}

INLINE Vector background_of(const float* views, int view) { return load(views + VIEW_NUMBERS * view + 15); }
