// A Gaussian's scales and rotation, its normal and the light on it, and the gradients back, as SplatShape, SplatNormals and Shading have them.
#pragma once
#include "splat.h"

// The columns of the rotation, and the scales: the covariance is L L^T with L = R S, and a direction m of the world sees it as L^T m.
struct Shape
{
    Vector c0, c1, c2, scale;
    float w, x, y, z, length;
};

INLINE Shape shape_of(const float* scales, const float* rotations, int i)
{
    quad q = load_constant((const quad*)rotations + i);
    float length = square_root(q.x * q.x + q.y * q.y + q.z * q.z + q.w * q.w);
    float w = q.x / length, x = q.y / length, y = q.z / length, z = q.w / length;
    Vector log = load(scales + 3 * i);
    return {
        {1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)},
        {2 * (x * y - w * z), 1 - 2 * (x * x + z * z), 2 * (y * z + w * x)},
        {2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)},
        {exponential(log.x), exponential(log.y), exponential(log.z)}, w, x, y, z, length};
}

INLINE Vector seen(Shape s, Vector m) { return {s.scale.x * dot(s.c0, m), s.scale.y * dot(s.c1, m), s.scale.z * dot(s.c2, m)}; }

// From the gradient of the directions that a Gaussian is seen as, to its scales, to the columns of its rotation, and to the directions.
INLINE void shape_backward(Shape s, Vector m0, Vector m1, Vector du0, Vector du1, Vector& scale, Vector* columns, Vector& dm0, Vector& dm1)
{
    Vector v0 = {du0.x * s.scale.x, du0.y * s.scale.y, du0.z * s.scale.z}, v1 = {du1.x * s.scale.x, du1.y * s.scale.y, du1.z * s.scale.z};
    columns[0] = v0.x * m0 + v1.x * m1;
    columns[1] = v0.y * m0 + v1.y * m1;
    columns[2] = v0.z * m0 + v1.z * m1;
    scale = scale + Vector{dot(s.c0, columns[0]), dot(s.c1, columns[1]), dot(s.c2, columns[2])};
    dm0 = v0.x * s.c0 + v0.y * s.c1 + v0.z * s.c2;
    dm1 = v1.x * s.c0 + v1.y * s.c1 + v1.z * s.c2;
}

// From that of the columns to the quaternion's, through its normalisation.
INLINE void turn_backward(Shape s, const Vector* columns, float* quaternion)
{
    Vector g0 = columns[0], g1 = columns[1], g2 = columns[2];
    float w = s.w, x = s.x, y = s.y, z = s.z;
    float dw = 2 * (z * (g0.y - g1.x) + y * (g2.x - g0.z) + x * (g1.z - g2.y));
    float dx = 2 * (y * (g1.x + g0.y) + z * (g2.x + g0.z) + w * (g1.z - g2.y)) - 4 * x * (g1.y + g2.z);
    float dy = 2 * (x * (g1.x + g0.y) + z * (g2.y + g1.z) + w * (g2.x - g0.z)) - 4 * y * (g0.x + g2.z);
    float dz = 2 * (x * (g2.x + g0.z) + y * (g2.y + g1.z) + w * (g0.y - g1.x)) - 4 * z * (g0.x + g1.y);
    // Only what turns the quaternion counts, not what makes it longer.
    float along = dw * w + dx * x + dy * y + dz * z;
    quaternion[0] += (dw - along * w) / s.length;
    quaternion[1] += (dx - along * x) / s.length;
    quaternion[2] += (dy - along * y) / s.length;
    quaternion[3] += (dz - along * z) / s.length;
}

// The shortest axis, on the side that faces the camera. Which axis and which side change by jumps, so the gradient goes to the rotation alone.
struct Normal
{
    Vector normal;
    int axis;
    float side;
};

INLINE Normal normal_of(Shape s, const float* scales, int i, Vector offset)
{
    Vector log = load(scales + 3 * i);
    int axis = log.x <= log.y && log.x <= log.z ? 0 : log.y <= log.z ? 1 : 2;
    Vector column = axis == 0 ? s.c0 : axis == 1 ? s.c1 : s.c2;
    float side = dot(column, offset) > 0 ? -1 : 1;
    return {side * column, axis, side};
}

INLINE void turn_axis(Vector* columns, Normal normal, Vector gradient)
{
#pragma unroll
    for (int k = 0; k < 3; k++)
        columns[k] = columns[k] + (k == normal.axis ? normal.side : 0) * gradient;
}

// The direction of the light from a place, and how near it is; both 0 in the light itself.
INLINE Vector towards(Light light, Vector place, float& nearness)
{
    Vector offset = light.place - place;
    float square = dot(offset, offset);
    nearness = square > 0 ? 1 / square_root(square) : 0;
    return nearness * offset;
}

// What multiplies the albedo, or white (Lambert's law).
INLINE float brightness_of(Light light, Vector normal, Vector place)
{
    float nearness;
    return light.diffuse == 0 ? light.ambient : light.ambient + light.diffuse * larger(0, dot(normal, towards(light, place, nearness)));
}

// Adds what a gradient of the brightness is for normal and place.
INLINE void brightness_slope(Light light, Vector normal, Vector place, float gradient, Vector& by_normal, Vector& by_place)
{
    float nearness;
    Vector direction = towards(light, place, nearness);
    float cosine = dot(normal, direction);
    if (light.diffuse == 0 || !(cosine > 0))
        return;
    by_normal = by_normal + (gradient * light.diffuse) * direction;
    by_place = by_place + (gradient * light.diffuse * nearness) * (cosine * direction - normal);
}
