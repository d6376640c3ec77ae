// Matrix products of a warp, 16 x 8 += 16 x 8 times 8 x 8, in float32 accuracy: every number is split in two of tf32, and three of their four products are taken (Markidis et al. 2018).
// Needs compute capability 8.0. Fragments, with g = lane / 4 and t = lane % 4 (PTX ISA, mma.m16n8k8):
//   sums c: rows g, g, g + 8, g + 8; columns 2t, 2t + 1, 2t, 2t + 1.    left a: rows g, g + 8, g, g + 8; columns t, t, t + 4, t + 4.    right b: rows t, t + 4; column g.
#pragma once

struct Parts
{
    float high, low;
};

// The tensor cores ignore the lowest 13 bits of a number. The high part is rounded to the others, and what that leaves out is the low part, exactly. The host multiplies whole numbers.
INLINE Parts split(float x)
{
#ifdef __CUDA__
    float high = __builtin_bit_cast(float, (__builtin_bit_cast(unsigned, x) + 0x1000u) & 0xFFFFE000u);
    return {high, x - high};
#else
    return {x, 0};
#endif
}

#ifdef __CUDA__
INLINE void multiply_tf32(float* c, const float* a, float b0, float b1)
{
    asm("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
        : "r"(__builtin_bit_cast(unsigned, a[0])), "r"(__builtin_bit_cast(unsigned, a[1])), "r"(__builtin_bit_cast(unsigned, a[2])),
          "r"(__builtin_bit_cast(unsigned, a[3])), "r"(__builtin_bit_cast(unsigned, b0)), "r"(__builtin_bit_cast(unsigned, b1)));
}
#else
INLINE void multiply_tf32(float* c, const float* a, float b0, float b1)
{
    float mine[6] = {a[0], a[1], a[2], a[3], b0, b1};
    const float(*all)[6] = host::publish(mine);
    int g = thread_index() % 32 / 4, t = thread_index() % 4;
    for (int k = 0; k < 4; k++)
        for (int row = 0; row < 2; row++)
            for (int column = 0; column < 2; column++)
            {
                const float *left = all[4 * g + k], *right = all[4 * (2 * t + column) + k];
                c[2 * row + column] += left[row] * right[4] + left[2 + row] * right[5];
            }
}
#endif

// sums[n] += a b[n], where a and b are given in parts, b as high0, high1, low0, low1. The products of one sum lie apart, so that none waits for the one before.
template <int N> INLINE void multiply_add(float (*sums)[4], const float* high, const float* low, const quad* b)
{
#pragma unroll
    for (int n = 0; n < N; n++)
        multiply_tf32(sums[n], high, b[n].x, b[n].y);
#ifdef __CUDA__
#pragma unroll
    for (int n = 0; n < N; n++)
        multiply_tf32(sums[n], high, b[n].z, b[n].w);
#pragma unroll
    for (int n = 0; n < N; n++)
        multiply_tf32(sums[n], low, b[n].x, b[n].y);
#endif
}

// The same with one b and a sum for each of the three kinds of product.
INLINE void multiply_add_apart(float (*sums)[4], const float* high, const float* low, quad b)
{
    multiply_tf32(sums[0], high, b.x, b.y);
#ifdef __CUDA__
    multiply_tf32(sums[1], high, b.z, b.w);
    multiply_tf32(sums[2], low, b.x, b.y);
#endif
}
