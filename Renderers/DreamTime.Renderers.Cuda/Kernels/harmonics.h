// Real spherical harmonics up to degree 3, as Harmonics has them: in the order and with the signs of files of Gaussians, of directions in the files' axes.
#pragma once
#include "splat.h"

#define H0 0.28209479177387814f
#define H1 0.4886025119029199f
#define H2_XY 1.0925484305920792f
#define H2_ZZ 0.31539156525252005f
#define H2_XXYY 0.5462742152960396f
#define H3_CUBIC 0.5900435899266435f
#define H3_XYZ 2.890611442640554f
#define H3_QUADRIC 0.4570457994644658f
#define H3_ZZZ 0.3731763325901154f
#define H3_ZXXYY 1.445305721320277f

// From the world (z up, front +x) to the files' axes, and back.
INLINE Vector file_axes(Vector world) { return {world.y, world.z, world.x}; }
INLINE Vector world_axes(Vector file) { return {file.z, file.x, file.y}; }

// All functions above degree 0, from basis[1] on.
INLINE void harmonics(Vector d, float* basis)
{
    float x = d.x, y = d.y, z = d.z;
    basis[1] = -H1 * y;
    basis[2] = H1 * z;
    basis[3] = -H1 * x;
    basis[4] = H2_XY * x * y;
    basis[5] = -H2_XY * y * z;
    basis[6] = H2_ZZ * (2 * z * z - x * x - y * y);
    basis[7] = -H2_XY * x * z;
    basis[8] = H2_XXYY * (x * x - y * y);
    basis[9] = -H3_CUBIC * y * (3 * x * x - y * y);
    basis[10] = H3_XYZ * x * y * z;
    basis[11] = -H3_QUADRIC * y * (4 * z * z - x * x - y * y);
    basis[12] = H3_ZZZ * z * (2 * z * z - 3 * x * x - 3 * y * y);
    basis[13] = -H3_QUADRIC * x * (4 * z * z - x * x - y * y);
    basis[14] = H3_ZXXYY * z * (x * x - y * y);
    basis[15] = -H3_CUBIC * x * (x * x - 3 * y * y);
}

// The derivative by the direction of the sum of w[k] times function k.
INLINE Vector harmonics_slope(Vector d, const float* w)
{
    float x = d.x, y = d.y, z = d.z;
    return {
        -H1 * w[3] + H2_XY * (y * w[4] - z * w[7]) - 2 * x * (H2_ZZ * w[6] - H2_XXYY * w[8]) - 6 * H3_CUBIC * x * y * w[9] + H3_XYZ * y * z * w[10]
            + 2 * H3_QUADRIC * x * y * w[11] - 6 * H3_ZZZ * x * z * w[12] - H3_QUADRIC * (4 * z * z - 3 * x * x - y * y) * w[13]
            + 2 * H3_ZXXYY * x * z * w[14] - 3 * H3_CUBIC * (x * x - y * y) * w[15],
        -H1 * w[1] + H2_XY * (x * w[4] - z * w[5]) - 2 * y * (H2_ZZ * w[6] + H2_XXYY * w[8]) - 3 * H3_CUBIC * (x * x - y * y) * w[9] + H3_XYZ * x * z * w[10]
            - H3_QUADRIC * (4 * z * z - x * x - 3 * y * y) * w[11] - 6 * H3_ZZZ * y * z * w[12] + 2 * H3_QUADRIC * x * y * w[13]
            - 2 * H3_ZXXYY * y * z * w[14] + 6 * H3_CUBIC * x * y * w[15],
        H1 * w[2] - H2_XY * (y * w[5] + x * w[7]) + 4 * H2_ZZ * z * w[6] + H3_XYZ * x * y * w[10] - 8 * H3_QUADRIC * z * (y * w[11] + x * w[13])
            + H3_ZZZ * (6 * z * z - 3 * x * x - 3 * y * y) * w[12] + H3_ZXXYY * (x * x - y * y) * w[14],
    };
}
