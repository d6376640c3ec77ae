// The network behind the hash grid: no biases, ReLU between layers, 4 outputs; its first output becomes a density, the others a colour. A thread a sample.
// A thread's activations are a column of shared memory; the sums of the layer it computes are registers, so that one load of four weights feeds four multiplications.
#include "kernel.h"
#include "head.h"
#include "layer.h"

// weights: layers one after another, each [outputs][inputs] as MlpLayout has them. across receives [inputs][outputs padded], down receives [outputs][inputs padded]:
// hidden layers are padded to `padded`, the inputs of the first one to INPUTS, the outputs of the last one are 4.
extern "C" __global__ void __launch_bounds__(256) mlp_pad(const float* weights, int inputs, int width, int hidden, int padded, float* across, float* down)
{
    int layer = 0, at = global_index(), rows = padded, columns = INPUTS, from = 0, to = 0, in = inputs, out = width;
    while (layer <= hidden && at >= to + rows * columns)
    {
        to += rows * columns;
        from += in * out;
        layer++;
        in = width;
        columns = padded;
        out = layer == hidden ? 4 : width;
        rows = layer == hidden ? 4 : padded;
    }
    if (layer > hidden)
        return;
    int row = (at - to) / columns, column = (at - to) % columns;
    float value = row < out && column < in ? weights[from + row * in + column] : 0;
    down[at] = value;
    across[to + column * rows + row] = value;
}
KERNEL(mlp_pad)

template <int WIDTH> INLINE void forward(
    const float* features, int stride, int samples, int inputs, int hidden, const float* across, int exponent, int blob, float radius,
    const float* px, const float* py, const float* pz, float* density, float* red, float* green, float* blue)
{
    __shared__ float columns[WIDTH * THREADS];
    int sample = global_index();
    float* mine = columns + thread_index();
    if (sample >= samples)
        return;
    for (int i = 0; i < inputs; i++)
        mine[i * THREADS] = features[(long long)i * stride + sample];
    float sums[WIDTH];
    for (int layer = 0; layer < hidden; layer++)
    {
        multiply<WIDTH>(mine, layer == 0 ? inputs : WIDTH, across, sums);
        across += (layer == 0 ? INPUTS : WIDTH) * WIDTH;
#pragma unroll
        for (int o = 0; o < WIDTH; o++)
            mine[o * THREADS] = larger(sums[o], 0);
    }
    float raw[4];
    multiply<4>(mine, WIDTH, across, raw);
    density[sample] = density_of(exponent, raw[0] + blob_at(blob, radius, px[sample], py[sample], pz[sample]));
    red[sample] = sigmoid(raw[1]);
    green[sample] = sigmoid(raw[2]);
    blue[sample] = sigmoid(raw[3]);
}

// Samples [first, first + samples) of all; density, red, green and blue hold gradients by the values. Leaves, each a plane of `kept` numbers for each neuron: in activations
// every hidden layer's output, in gradients every hidden layer's gradient before its ReLU and behind them the 4 of the outputs. feature_gradients: planes `stride` apart.
template <int WIDTH> INLINE void backward(
    const float* features, int stride, int first, int samples, int kept, int inputs, int hidden, const float* across, const float* down, int exponent, int blob, float radius,
    const float* px, const float* py, const float* pz, const float* density, const float* red, const float* green, const float* blue,
    float* activations, float* gradients, float* feature_gradients)
{
    __shared__ float columns[WIDTH * THREADS];
    int own = global_index(), sample = first + own;
    float* mine = columns + thread_index();
    if (own >= samples)
        return;
    for (int i = 0; i < inputs; i++)
        mine[i * THREADS] = features[(long long)i * stride + sample];
    float sums[WIDTH];
    for (int layer = 0; layer < hidden; layer++)
    {
        multiply<WIDTH>(mine, layer == 0 ? inputs : WIDTH, across, sums);
        across += (layer == 0 ? INPUTS : WIDTH) * WIDTH;
#pragma unroll
        for (int o = 0; o < WIDTH; o++)
        {
            float value = larger(sums[o], 0);
            mine[o * THREADS] = value;
            activations[(long long)(layer * WIDTH + o) * kept + own] = value;
        }
    }
    float raw[4];
    multiply<4>(mine, WIDTH, across, raw);
    float out[4];
    out[0] = density[sample] * slope_of(exponent, raw[0] + blob_at(blob, radius, px[sample], py[sample], pz[sample]));
    float r = sigmoid(raw[1]), g = sigmoid(raw[2]), b = sigmoid(raw[3]);
    out[1] = red[sample] * r * (1 - r);
    out[2] = green[sample] * g * (1 - g);
    out[3] = blue[sample] * b * (1 - b);
#pragma unroll
    for (int o = 0; o < 4; o++)
        gradients[(long long)(hidden * WIDTH + o) * kept + own] = out[o];

    down += INPUTS * WIDTH + (hidden - 1) * WIDTH * WIDTH;
    for (int layer = hidden; layer >= 1; layer--)
    {
        if (layer == hidden)
        {
#pragma unroll
            for (int i = 0; i < WIDTH; i++)
                sums[i] = fused(out[3], down[3 * WIDTH + i], fused(out[2], down[2 * WIDTH + i], fused(out[1], down[WIDTH + i], out[0] * down[i])));
        }
        else
            multiply<WIDTH>(mine, WIDTH, down, sums);
#pragma unroll
        for (int i = 0; i < WIDTH; i++)
        {
            long long at = (long long)((layer - 1) * WIDTH + i) * kept + own;
            float value = activations[at] > 0 ? sums[i] : 0;
            mine[i * THREADS] = value;
            gradients[at] = value;
        }
        down -= layer == 1 ? INPUTS * WIDTH : WIDTH * WIDTH;
    }
    float back[INPUTS];
    multiply<INPUTS>(mine, WIDTH, down, back);
#pragma unroll
    for (int i = 0; i < INPUTS; i++)
        if (i < inputs)
            feature_gradients[(long long)i * stride + sample] = back[i];
}

#define FORWARD_ARGUMENTS \
    const float *features, int stride, int samples, int inputs, int hidden, const float *across, int exponent, int blob, float radius, \
        const float *px, const float *py, const float *pz, float *density, float *red, float *green, float *blue
#define BACKWARD_ARGUMENTS \
    const float *features, int stride, int first, int samples, int kept, int inputs, int hidden, const float *across, const float *down, int exponent, int blob, \
        float radius, const float *px, const float *py, const float *pz, const float *density, const float *red, const float *green, const float *blue, \
        float *activations, float *gradients, float *feature_gradients

#define OF_WIDTH(width) \
    extern "C" __global__ void __launch_bounds__(THREADS) mlp_forward_##width(FORWARD_ARGUMENTS) \
    { \
        forward<width>(features, stride, samples, inputs, hidden, across, exponent, blob, radius, px, py, pz, density, red, green, blue); \
    } \
    KERNEL(mlp_forward_##width) \
    extern "C" __global__ void __launch_bounds__(THREADS) mlp_backward_##width(BACKWARD_ARGUMENTS) \
    { \
        backward<width>(features, stride, first, samples, kept, inputs, hidden, across, down, exponent, blob, radius, px, py, pz, density, red, green, blue, \
            activations, gradients, feature_gradients); \
    } \
    KERNEL(mlp_backward_##width)

OF_WIDTH(32)
OF_WIDTH(64)
OF_WIDTH(128)

// to[r][c] += sum over p of gradients[r][p] inputs[c][p]: rows and columns of this block's tile of 64 x 64, samples [0, samples) in slabs, a block a slab and tile.
// `tile` rows or columns may be fewer than 64: those beyond are zero. tiles_across: tiles along the columns.
extern "C" __global__ void __launch_bounds__(256) mlp_weight_gradient(
    const float* gradients, int gradient_stride, int rows, const float* inputs, int input_stride, int columns, int samples, int slab, int tiles_across, int tiles, float* to)
{
    __shared__ __attribute__((aligned(16))) float g[32][68], x[32][68];
    int tile = block_index() % tiles, begin = block_index() / tiles * slab, end = begin + slab < samples ? begin + slab : samples;
    int row0 = tile / tiles_across * 64, column0 = tile % tiles_across * 64;
    int thread = thread_index(), ty = thread / 16, tx = thread % 16;
    float sums[4][4] = {};
    for (int p0 = begin; p0 < end; p0 += 32)
    {
        int k = thread % 32;
        for (int j = thread / 32; j < 64; j += 8)
        {
            int inside = p0 + k < end;
            g[k][j] = inside && row0 + j < rows ? gradients[(long long)(row0 + j) * gradient_stride + p0 + k] : 0;
            x[k][j] = inside && column0 + j < columns ? inputs[(long long)(column0 + j) * input_stride + p0 + k] : 0;
        }
        block_barrier();
#pragma unroll 4
        for (int i = 0; i < 32; i++)
        {
            quad a = *(const quad*)&g[i][4 * ty], b = *(const quad*)&x[i][4 * tx];
            float as[4] = {a.x, a.y, a.z, a.w}, bs[4] = {b.x, b.y, b.z, b.w};
#pragma unroll
            for (int r = 0; r < 4; r++)
#pragma unroll
                for (int c = 0; c < 4; c++)
                    sums[r][c] = fused(as[r], bs[c], sums[r][c]);
        }
        block_barrier();
    }
#pragma unroll
    for (int r = 0; r < 4; r++)
#pragma unroll
        for (int c = 0; c < 4; c++)
        {
            int row = row0 + 4 * ty + r, column = column0 + 4 * tx + c;
            if (row < rows && column < columns)
                add(to + row * columns + column, sums[r][c]);
        }
}
KERNEL(mlp_weight_gradient)
