// The slope of the network's first output by its inputs, and the gradient of a slope along a direction (MlpTangent): between its ReLUs' kinks the network is linear. A thread a sample.
#include "kernel.h"
#include "layer.h"

// The most hidden layers.
#define MOST 4

// Which units are on, a bit each, WIDTH for every hidden layer. mine: a column of shared memory.
template <int WIDTH> INLINE void switch_units(const float* features, int stride, int sample, int inputs, int hidden, const float* across, float* mine, unsigned* on)
{
    for (int i = 0; i < inputs; i++)
        mine[i * THREADS] = features[(long long)i * stride + sample];
    float sums[WIDTH];
    for (int layer = 0; layer < hidden; layer++)
    {
        multiply<WIDTH>(mine, layer == 0 ? inputs : WIDTH, across, sums);
        across += (layer == 0 ? INPUTS : WIDTH) * WIDTH;
#pragma unroll
        for (int word = 0; word < WIDTH / 32; word++)
        {
            unsigned bits = 0;
#pragma unroll
            for (int o = 0; o < 32; o++)
            {
                bits |= (sums[32 * word + o] > 0 ? 1u : 0u) << o;
                mine[(32 * word + o) * THREADS] = larger(sums[32 * word + o], 0);
            }
            on[layer * (WIDTH / 32) + word] = bits;
        }
    }
}

// Leaves in mine the units' gradients of the first output before the first hidden layer's ReLU; gradients: receives every hidden layer's [hidden WIDTH][kept], null for nobody.
// down: the last layer's.
template <int WIDTH> INLINE const float* first_output_back(int hidden, const float* down, const unsigned* on, float* mine, float* gradients, int kept, int own)
{
    float sums[WIDTH];
    for (int layer = hidden; layer >= 1; layer--)
    {
        if (layer == hidden)
        {
#pragma unroll
            for (int i = 0; i < WIDTH; i++)
                sums[i] = down[i];
        }
        else
            multiply<WIDTH>(mine, WIDTH, down, sums);
#pragma unroll
        for (int i = 0; i < WIDTH; i++)
        {
            float value = on[(layer - 1) * (WIDTH / 32) + i / 32] >> (i % 32) & 1 ? sums[i] : 0;
            mine[i * THREADS] = value;
            if (gradients)
                gradients[(long long)((layer - 1) * WIDTH + i) * kept + own] = value;
        }
        down -= layer == 1 ? INPUTS * WIDTH : WIDTH * WIDTH;
    }
    return down;
}

template <int WIDTH> INLINE void slope(const float* features, int stride, int samples, int inputs, int hidden, const float* across, const float* down, float* slopes)
{
    __shared__ float columns[WIDTH * THREADS];
    int sample = global_index();
    float* mine = columns + thread_index();
    if (sample >= samples)
        return;
    unsigned on[MOST * WIDTH / 32];
    switch_units<WIDTH>(features, stride, sample, inputs, hidden, across, mine, on);
    down = first_output_back<WIDTH>(hidden, down + INPUTS * WIDTH + (hidden - 1) * WIDTH * WIDTH, on, mine, nullptr, 0, 0);
    float back[INPUTS];
    multiply<INPUTS>(mine, WIDTH, down, back);
#pragma unroll
    for (int i = 0; i < INPUTS; i++)
        if (i < inputs)
            slopes[(long long)i * stride + sample] = back[i];
}

template <int WIDTH> INLINE void tangent(
    const float* features, int stride, int first, int samples, int kept, int inputs, int hidden, const float* across, const float* down, const float* tangents,
    float* passed, float* gradients)
{
    __shared__ float columns[WIDTH * THREADS];
    int own = global_index();
    float* mine = columns + thread_index();
    if (own >= samples)
        return;
    unsigned on[MOST * WIDTH / 32];
    switch_units<WIDTH>(features, stride, first + own, inputs, hidden, across, mine, on);
    for (int i = 0; i < inputs; i++)
        mine[i * THREADS] = tangents[(long long)i * kept + own];
    float sums[WIDTH];
    for (int layer = 0; layer < hidden; layer++)
    {
        multiply<WIDTH>(mine, layer == 0 ? inputs : WIDTH, across, sums);
        across += (layer == 0 ? INPUTS : WIDTH) * WIDTH;
#pragma unroll
        for (int o = 0; o < WIDTH; o++)
        {
            float value = on[layer * (WIDTH / 32) + o / 32] >> (o % 32) & 1 ? sums[o] : 0;
            mine[o * THREADS] = value;
            passed[(long long)(layer * WIDTH + o) * kept + own] = value;
        }
    }
    first_output_back<WIDTH>(hidden, down + INPUTS * WIDTH + (hidden - 1) * WIDTH * WIDTH, on, mine, gradients, kept, own);
    gradients[(long long)hidden * WIDTH * kept + own] = 1;
}

// across, down: as mlp_pad writes them. mlp_slope: features and slopes are planes [inputs][stride].
// mlp_tangent: samples [first, first + samples) of all; tangents: planes [inputs][kept]. Leaves, each a plane of `kept` numbers: in passed what of the tangent every hidden unit passes,
// in gradients every hidden unit's gradient of the first output before its ReLU, and behind them the output's own, 1.
#define OF_WIDTH(width) \
    extern "C" __global__ void __launch_bounds__(THREADS) mlp_slope_##width( \
        const float* features, int stride, int samples, int inputs, int hidden, const float* across, const float* down, float* slopes) \
    { \
        slope<width>(features, stride, samples, inputs, hidden, across, down, slopes); \
    } \
    KERNEL(mlp_slope_##width) \
    extern "C" __global__ void __launch_bounds__(THREADS) mlp_tangent_##width( \
        const float* features, int stride, int first, int samples, int kept, int inputs, int hidden, const float* across, const float* down, const float* tangents, \
        float* passed, float* gradients) \
    { \
        tangent<width>(features, stride, first, samples, kept, inputs, hidden, across, down, tangents, passed, gradients); \
    } \
    KERNEL(mlp_tangent_##width)

OF_WIDTH(32)
OF_WIDTH(64)
OF_WIDTH(128)
