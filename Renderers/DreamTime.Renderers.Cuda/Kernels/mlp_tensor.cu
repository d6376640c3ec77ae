// The network of mlp.cu on tensor cores, in float32 accuracy, for networks of 32 or 64 neurons and one or two hidden layers. A warp computes 16 samples, whose activations never leave its
// registers: the sums of one layer are, as they lie, the left side of the next, if its inputs are taken in the order 2t, 2t + 1 where the fragment has t, t + 4.
// The gradient of the weights is summed in registers over all tiles of a block.
#include "kernel.h"
#include "head.h"
#include "tensor.h"

#define WARPS 4
#define TILE (16 * WARPS)
#define INPUTS 32
#define OUTPUTS 8

// Fragments of one layer, [output blocks][input blocks][lane], and in the backward direction [input blocks][output blocks][lane]: quads of a right side's parts.
struct Layer
{
    int outputs, inputs;
};

INLINE Layer layer_of(int layer, int width, int hidden) { return {layer == hidden ? OUTPUTS : width, layer == 0 ? INPUTS : width}; }

// weights: as MlpLayout has them. forward and backward: the layers' fragments one after another, each outputs * inputs / 2 quads of the padded layer.
extern "C" __global__ void __launch_bounds__(256) mlp_fragments(const float* weights, int inputs, int width, int hidden, quad* forward, quad* backward)
{
    int at = global_index(), from = 0, to = 0, layer = 0;
    Layer size = layer_of(0, width, hidden);
    while (layer <= hidden && at >= to + size.outputs * size.inputs / 2)
    {
        from += (layer == hidden ? 4 : width) * (layer == 0 ? inputs : width);
        to += size.outputs * size.inputs / 2;
        size = layer_of(++layer, width, hidden);
    }
    if (layer > hidden)
        return;
    int rows = layer == hidden ? 4 : width, columns = layer == 0 ? inputs : width;
    int lane = at % 32, block = (at - to) / 32, g = lane / 4, t = lane % 4;
    for (int direction = 0; direction < 2; direction++)
    {
        int deep = (direction ? size.outputs : size.inputs) / 8, wide = block / deep, k = block % deep;
        float values[2];
        for (int i = 0; i < 2; i++)
        {
            int inner = 8 * k + 2 * t + i, outer = 8 * wide + g;
            int row = direction ? inner : outer, column = direction ? outer : inner;
            values[i] = row < rows && column < columns ? weights[from + row * columns + column] : 0;
        }
        Parts first = split(values[0]), second = split(values[1]);
        (direction ? backward : forward)[at] = quad{first.high, second.high, first.low, second.low};
    }
}
KERNEL(mlp_fragments)

// to[n] = from[k] times the layer's matrix, in blocks of 8 columns, GROUP of which are under way together.
template <int K, int N, int GROUP> INLINE void transform(const float (*from)[4], const quad* fragments, float (*to)[4])
{
    // The one block of outputs would be a single chain of products, each waiting for the one before: it is six chains, by kind of product and by parity of k.
    constexpr int CHAINS = N == 1 ? 6 : 1;
    const quad* mine = fragments + thread_index() % 32;
    float sums[CHAINS][4] = {};
#pragma unroll
    for (int n = 0; n < N; n++)
        to[n][0] = to[n][1] = to[n][2] = to[n][3] = 0;
#pragma unroll
    for (int k = 0; k < K; k++)
    {
        // Rows g and g + 8 of column 2t, then of column 2t + 1.
        Parts a0 = split(from[k][0]), a1 = split(from[k][2]), a2 = split(from[k][1]), a3 = split(from[k][3]);
        float high[4] = {a0.high, a1.high, a2.high, a3.high}, low[4] = {a0.low, a1.low, a2.low, a3.low};
        if constexpr (N == 1)
            multiply_add_apart(sums + k % 2 * 3, high, low, load_constant(mine + k * 32));
        else
        {
#pragma unroll
            for (int n = 0; n < N; n += GROUP)
            {
                quad right[GROUP];
#pragma unroll
                for (int i = 0; i < GROUP; i++)
                    right[i] = load_constant(mine + ((n + i) * K + k) * 32);
                multiply_add<GROUP>(to + n, high, low, right);
            }
        }
    }
    if constexpr (N == 1)
#pragma unroll
        for (int i = 0; i < 4; i++)
            to[0][i] = (sums[0][i] + sums[3][i]) + ((sums[1][i] + sums[4][i]) + (sums[2][i] + sums[5][i]));
}

template <int N> INLINE void rectify(float (*values)[4])
{
#pragma unroll
    for (int n = 0; n < N; n++)
#pragma unroll
        for (int i = 0; i < 4; i++)
            values[n][i] = larger(values[n][i], 0);
}

// 0 where the neuron was off.
template <int N> INLINE void switch_off(float (*gradients)[4], const float (*activations)[4])
{
#pragma unroll
    for (int n = 0; n < N; n++)
#pragma unroll
        for (int i = 0; i < 4; i++)
            gradients[n][i] = activations[n][i] > 0 ? gradients[n][i] : 0;
}

// Rows first + g and first + g + 8; samples beyond the last read as the last, features beyond the last as 0.
INLINE void read_features(const float* features, int stride, int first, int samples, int inputs, float (*to)[4])
{
    int lane = thread_index() % 32, t = lane % 4, row = first + lane / 4;
    int low = row < samples ? row : samples - 1, high = row + 8 < samples ? row + 8 : samples - 1;
#pragma unroll
    for (int k = 0; k < INPUTS / 8; k++)
#pragma unroll
        for (int i = 0; i < 2; i++)
        {
            int feature = 8 * k + 2 * t + i;
            const float* plane = features + (long long)feature * stride;
            to[k][i] = feature < inputs ? plane[low] : 0;
            to[k][2 + i] = feature < inputs ? plane[high] : 0;
        }
}

// Lanes with t = 0 hold density and red of rows g and g + 8, those with t = 1 green and blue.
template <int WIDTH, int HIDDEN> INLINE void forward(
    const float* features, int stride, int samples, int inputs, const quad* fragments, int exponent, int blob, float radius,
    const float* px, const float* py, const float* pz, float* density, float* red, float* green, float* blue)
{
    int lane = thread_index() % 32, t = lane % 4, first = global_index() / 32 * 16;
    if (first >= samples)
        return;
    float x[INPUTS / 8][4], one[WIDTH / 8][4], out[1][4];
    read_features(features, stride, first, samples, inputs, x);
    transform<INPUTS / 8, WIDTH / 8, 4>(x, fragments, one);
    rectify<WIDTH / 8>(one);
    fragments += INPUTS * WIDTH / 2;
    if constexpr (HIDDEN == 2)
    {
        float two[WIDTH / 8][4];
        transform<WIDTH / 8, WIDTH / 8, 4>(one, fragments, two);
        rectify<WIDTH / 8>(two);
        fragments += WIDTH * WIDTH / 2;
        transform<WIDTH / 8, 1, 1>(two, fragments, out);
    }
    else
        transform<WIDTH / 8, 1, 1>(one, fragments, out);

#pragma unroll
    for (int half = 0; half < 2; half++)
    {
        int sample = first + lane / 4 + 8 * half;
        float left = out[0][2 * half], right = out[0][2 * half + 1];
        if (sample < samples && t == 0)
        {
            density[sample] = density_of(exponent, left + blob_at(blob, radius, px[sample], py[sample], pz[sample]));
            red[sample] = sigmoid(right);
        }
        if (sample < samples && t == 1)
        {
            green[sample] = sigmoid(left);
            blue[sample] = sigmoid(right);
        }
    }
}

INLINE float color_gradient(float raw, float gradient)
{
    float color = sigmoid(raw);
    return gradient * color * (1 - color);
}

// From the raw outputs and the gradients in the places of density and colour to the gradients of the raw outputs.
INLINE void head_gradient(
    float* out, int first, int samples, int exponent, int blob, float radius, const float* px, const float* py, const float* pz,
    const float* density, const float* red, const float* green, const float* blue)
{
    int lane = thread_index() % 32, t = lane % 4;
#pragma unroll
    for (int half = 0; half < 2; half++)
    {
        int sample = first + lane / 4 + 8 * half;
        float left = 0, right = 0;
        if (sample < samples && t == 0)
        {
            left = density[sample] * slope_of(exponent, out[2 * half] + blob_at(blob, radius, px[sample], py[sample], pz[sample]));
            right = color_gradient(out[2 * half + 1], red[sample]);
        }
        if (sample < samples && t == 1)
        {
            left = color_gradient(out[2 * half], green[sample]);
            right = color_gradient(out[2 * half + 1], blue[sample]);
        }
        out[2 * half] = left;
        out[2 * half + 1] = right;
    }
}

// Rows of this length make a warp's reads of 4 rows by 8 columns, and its writes of 8 rows by 4 pairs, hit every bank once.
template <int WIDTH> constexpr int ROW = WIDTH + 8;

// A warp's 16 rows of what the whole block will read.
template <int N, int STRIDE> INLINE void share(const float (*values)[4], float* to)
{
    int lane = thread_index() % 32;
    float* row = to + (thread_index() / 32 * 16 + lane / 4) * STRIDE + 2 * (lane % 4);
#pragma unroll
    for (int n = 0; n < N; n++)
    {
        *(pair*)(row + 8 * n) = pair{values[n][0], values[n][1]};
        *(pair*)(row + 8 * STRIDE + 8 * n) = pair{values[n][2], values[n][3]};
    }
}

// sums[n] += gradients^T activations over the block's samples: 16 outputs from `output` on, blocks of 8 inputs from `input` on. FULL: there are 16 outputs and not 8.
template <int N, int STRIDE, bool FULL> INLINE void correlate(const float* gradients, const float* activations, int output, int input, float (*sums)[4])
{
    int lane = thread_index() % 32, g = lane / 4, t = lane % 4;
#pragma unroll 1
    for (int row = t; row < TILE; row += 8)
    {
        const float *near = gradients + row * STRIDE + output + g, *far = near + 4 * STRIDE;
        Parts a0 = split(near[0]), a2 = split(far[0]), a1 = split(FULL ? near[8] : 0), a3 = split(FULL ? far[8] : 0);
        float high[4] = {a0.high, a1.high, a2.high, a3.high}, low[4] = {a0.low, a1.low, a2.low, a3.low};
        const float* right = activations + row * STRIDE + input + g;
        quad parts[N];
#pragma unroll
        for (int n = 0; n < N; n++)
        {
            Parts b0 = split(right[8 * n]), b1 = split(right[4 * STRIDE + 8 * n]);
            parts[n] = quad{b0.high, b1.high, b0.low, b1.low};
        }
        multiply_add<N>(sums, high, low, parts);
    }
}

// Adds a warp's sums to a layer's gradient [outputs][inputs].
template <int N> INLINE void add_sums(const float (*sums)[4], int output, int input, int outputs, int inputs, float* to)
{
    int lane = thread_index() % 32;
#pragma unroll
    for (int n = 0; n < N; n++)
#pragma unroll
        for (int i = 0; i < 4; i++)
        {
            int row = output + lane / 4 + i / 2 * 8, column = input + 8 * n + 2 * (lane % 4) + i % 2;
            if (row < outputs && column < inputs)
                add(to + row * inputs + column, sums[n][i]);
        }
}

template <int WIDTH, int HIDDEN> INLINE void backward(
    const float* features, int stride, int samples, int inputs, const quad* across, const quad* down, int exponent, int blob, float radius,
    const float* px, const float* py, const float* pz, const float* density, const float* red, const float* green, const float* blue,
    float* feature_gradients, float* weight_gradient)
{
    constexpr int STRIDE = ROW<WIDTH>;
    // Warps lie along the outputs, and where there are fewer than 16 for each, along the inputs too.
    constexpr int ALONG = WIDTH / 16, SHARES = WARPS / ALONG, LAST = WIDTH / 8 / WARPS;
    constexpr int FIRST = INPUTS * WIDTH / 2, MIDDLE = HIDDEN == 2 ? WIDTH * WIDTH / 2 : 0;
    __shared__ __attribute__((aligned(16))) float gradients[TILE * STRIDE], activations[TILE * STRIDE];
    int warp = thread_index() / 32, lane = thread_index() % 32;
    int output = warp % ALONG * 16, part = warp / ALONG;
    float sums0[INPUTS / 8 / SHARES][4] = {}, sums1[WIDTH / 8 / SHARES][4] = {}, sums2[LAST][4] = {};

    for (int tile = block_index(); tile * TILE < samples; tile += block_count())
    {
        int first = tile * TILE + 16 * warp;
        float one[WIDTH / 8][4], back[WIDTH / 8][4], out[1][4];
        {
            float x[INPUTS / 8][4];
            read_features(features, stride, first, samples, inputs, x);
            transform<INPUTS / 8, WIDTH / 8, WIDTH / 8>(x, across, one);
        }
        rectify<WIDTH / 8>(one);
        if constexpr (HIDDEN == 2)
        {
            float two[WIDTH / 8][4];
            transform<WIDTH / 8, WIDTH / 8, WIDTH / 8>(one, across + FIRST, two);
            rectify<WIDTH / 8>(two);
            transform<WIDTH / 8, 1, 1>(two, across + FIRST + MIDDLE, out);
            head_gradient(out[0], first, samples, exponent, blob, radius, px, py, pz, density, red, green, blue);
            share<1, STRIDE>(out, gradients);
            share<WIDTH / 8, STRIDE>(two, activations);
            transform<1, WIDTH / 8, WIDTH / 8>(out, down + FIRST + MIDDLE, back);
            switch_off<WIDTH / 8>(back, two);
        }
        else
        {
            transform<WIDTH / 8, 1, 1>(one, across + FIRST, out);
            head_gradient(out[0], first, samples, exponent, blob, radius, px, py, pz, density, red, green, blue);
            share<1, STRIDE>(out, gradients);
            share<WIDTH / 8, STRIDE>(one, activations);
            transform<1, WIDTH / 8, WIDTH / 8>(out, down + FIRST, back);
            switch_off<WIDTH / 8>(back, one);
        }
        block_barrier();
        correlate<LAST, STRIDE, false>(gradients, activations, 0, warp * LAST * 8, sums2);
        block_barrier();

        if constexpr (HIDDEN == 2)
        {
            share<WIDTH / 8, STRIDE>(back, gradients);
            share<WIDTH / 8, STRIDE>(one, activations);
            float before[WIDTH / 8][4];
            transform<WIDTH / 8, WIDTH / 8, WIDTH / 8>(back, down + FIRST, before);
            switch_off<WIDTH / 8>(before, one);
            block_barrier();
            correlate<WIDTH / 8 / SHARES, STRIDE, true>(gradients, activations, output, part * (WIDTH / SHARES), sums1);
            block_barrier();
#pragma unroll
            for (int n = 0; n < WIDTH / 8; n++)
#pragma unroll
                for (int i = 0; i < 4; i++)
                    back[n][i] = before[n][i];
        }

        float x[INPUTS / 8][4];
        read_features(features, stride, first, samples, inputs, x);
        share<WIDTH / 8, STRIDE>(back, gradients);
        share<INPUTS / 8, STRIDE>(x, activations);
        transform<WIDTH / 8, INPUTS / 8, INPUTS / 8>(back, down, x);
#pragma unroll
        for (int k = 0; k < INPUTS / 8; k++)
#pragma unroll
            for (int i = 0; i < 4; i++)
            {
                int feature = 8 * k + 2 * (lane % 4) + i % 2, sample = first + lane / 4 + i / 2 * 8;
                if (feature < inputs && sample < samples)
                    feature_gradients[(long long)feature * stride + sample] = x[k][i];
            }
        block_barrier();
        correlate<INPUTS / 8 / SHARES, STRIDE, true>(gradients, activations, output, part * (INPUTS / SHARES), sums0);
        block_barrier();
    }

    add_sums<INPUTS / 8 / SHARES>(sums0, output, part * (INPUTS / SHARES), WIDTH, inputs, weight_gradient);
    weight_gradient += WIDTH * inputs;
    if constexpr (HIDDEN == 2)
    {
        add_sums<WIDTH / 8 / SHARES>(sums1, output, part * (WIDTH / SHARES), WIDTH, WIDTH, weight_gradient);
        weight_gradient += WIDTH * WIDTH;
    }
    add_sums<LAST>(sums2, 0, warp * LAST * 8, 4, WIDTH, weight_gradient);
}

#define OF_SHAPE(width, hidden) \
    extern "C" __global__ void __launch_bounds__(32 * WARPS) mlp_tensor_forward_##width##_##hidden( \
        const float* features, int stride, int samples, int inputs, const quad* fragments, int exponent, int blob, float radius, \
        const float* px, const float* py, const float* pz, float* density, float* red, float* green, float* blue) \
    { \
        forward<width, hidden>(features, stride, samples, inputs, fragments, exponent, blob, radius, px, py, pz, density, red, green, blue); \
    } \
    KERNEL(mlp_tensor_forward_##width##_##hidden) \
    extern "C" __global__ void __launch_bounds__(32 * WARPS) mlp_tensor_backward_##width##_##hidden( \
        const float* features, int stride, int samples, int inputs, const quad* across, const quad* down, int exponent, int blob, float radius, \
        const float* px, const float* py, const float* pz, const float* density, const float* red, const float* green, const float* blue, \
        float* feature_gradients, float* weight_gradient) \
    { \
        backward<width, hidden>( \
            features, stride, samples, inputs, across, down, exponent, blob, radius, px, py, pz, density, red, green, blue, feature_gradients, weight_gradient); \
    } \
    KERNEL(mlp_tensor_backward_##width##_##hidden)

OF_SHAPE(32, 1)
OF_SHAPE(32, 2)
OF_SHAPE(64, 1)
OF_SHAPE(64, 2)
