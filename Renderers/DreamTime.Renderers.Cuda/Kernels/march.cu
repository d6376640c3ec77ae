// Where rays are sampled: once in every interval of one step within the bounds, where the occupancy grid sees something. A warp a ray.
#include "kernel.h"
#include "ray.h"
#include "contraction.h"

// Of NerfBounds; 0 is a sphere.
#define BOX 1
#define UNBOUNDED 2

INLINE void clip_axis(float origin, float direction, float radius, float& near, float& far)
{
    float a = (-radius - origin) / direction, b = (radius - origin) / direction;
    near = larger(near, smaller(a, b));
    far = smaller(far, larger(a, b));
}

INLINE void clip(Ray r, float radius, int bounds, float& near, float& far)
{
    if (bounds == BOX)
    {
        near = 0;
        far = 3e38f;
        clip_axis(r.ox, r.dx, radius, near, far);
        clip_axis(r.oy, r.dy, radius, near, far);
        clip_axis(r.oz, r.dz, radius, near, far);
        return;
    }
    float middle = -(r.ox * r.dx + r.oy * r.dy + r.oz * r.dz);
    float cx = r.ox + middle * r.dx, cy = r.oy + middle * r.dy, cz = r.oz + middle * r.dz;
    float half = radius * radius - (cx * cx + cy * cy + cz * cz);
    if (bounds == UNBOUNDED)
    {
        // Two diameters before it leaves the ball, or is nearest to it.
        far = larger(0, middle + square_root(larger(0, half)));
        near = larger(0, far - 4 * radius);
        return;
    }
    near = far = 0;
    if (half > 0)
    {
        half = square_root(half);
        near = larger(0, middle - half);
        far = middle + half;
    }
}

// Wellons' finaliser over a Weyl sequence, as RayMarcher has it.
INLINE float uniform(unsigned seed, int k)
{
    unsigned h = seed + (unsigned)k * 0x9E3779B9u;
    h = (h ^ (h >> 16)) * 0x7FEB352Du;
    h = (h ^ (h >> 15)) * 0x846CA68Bu;
    h ^= h >> 16;
    return (float)(h >> 8) * (1.0f / (1 << 24));
}

INLINE float unit(float world, float radius) { return smaller(1, larger(0, world * (0.5f / radius) + 0.5f)); }

INLINE int cell_of(float unit, int resolution)
{
    int cell = (int)(unit * resolution);
    return cell < resolution ? cell : resolution - 1;
}

// Of the ball that all of space is contracted to, whose radius is 2.
INLINE float unit_contracted(float scaled) { return scaled * 0.25f + 0.5f; }

// stretch: receives how many steps each sample's interval is long; null where it is one. jittered: 0 puts samples at the centres. starts: null counts the samples of each ray, else they are written from there on.
extern "C" __global__ void __launch_bounds__(256) march(
    const float* cameras, int first, int rays, int pixels, int width, unsigned long long seed, int jittered, float radius, float step, int bounds, int most,
    const unsigned char* occupied, int resolution, int* counts, const int* starts, float* px, float* py, float* pz, float* distances, float* stretch)
{
    int ray = global_index() / 32, lane = thread_index() % 32;
    if (ray >= rays)
        return;

    Ray r = ray_of(cameras, first + ray, pixels, width);
    float near, far;
    clip(r, radius, bounds, near, far);
    unsigned jitter = (unsigned)(counter_random(seed, first + ray, 0, 0) >> 21);
    int found = starts ? starts[ray] : 0;
    for (int begin = 0; begin < most; begin += 32)
    {
        int k = begin + lane;
        float distance = near + ((float)k + (jittered ? uniform(jitter, k) : 0.5f)) * step;
        int live = k < most && distance < far;
        float x = r.ox + distance * r.dx, y = r.oy + distance * r.dy, z = r.oz + distance * r.dz;
        if (bounds == UNBOUNDED)
        {
            float share = (distance - far) / radius;
            if (!live)
            {
                live = k < most && share < 1;
                distance = far + radius * beyond_of(smaller(1, share));
            }
            x = (r.ox + distance * r.dx) / radius;
            y = (r.oy + distance * r.dy) / radius;
            z = (r.oz + distance * r.dz) / radius;
            float scale = contraction_of(square_root(x * x + y * y + z * z));
            x = unit_contracted(x * scale);
            y = unit_contracted(y * scale);
            z = unit_contracted(z * scale);
        }
        else
        {
            x = unit(x, radius);
            y = unit(y, radius);
            z = unit(z, radius);
        }
        if (live && resolution > 0)
            live = occupied[(cell_of(z, resolution) * resolution + cell_of(y, resolution)) * resolution + cell_of(x, resolution)];
        int until = live;
        for (int by = 1; by < 32; by *= 2)
        {
            int before = shuffle_up(until, by);
            if (lane >= by)
                until += before;
        }
        if (starts && live)
        {
            int at = found + until - 1;
            px[at] = x;
            py[at] = y;
            pz[at] = z;
            distances[at] = distance;
            if (stretch)
                stretch[at] = stretch_of(larger(0, distance - far) / radius);
        }
        found += (int)shuffle((float)until, 31);
    }
    if (!starts && lane == 0)
        counts[ray] = found;
}
KERNEL(march)

// One block, each thread four at a time: starts[i] = counts[0] + ... + counts[i - 1], and the sum of all at the end.
extern "C" __global__ void __launch_bounds__(1024) prefix_sum(const int* counts, int length, int* starts)
{
    __shared__ int sums[2][32];
    int total = 0, thread = thread_index(), lane = thread % 32, warp = thread / 32, turn = 0;
    for (int begin = 0; begin < length; begin += 4096, turn ^= 1)
    {
        int at = begin + 4 * thread, values[4], mine = 0;
#pragma unroll
        for (int i = 0; i < 4; i++)
        {
            values[i] = at + i < length ? counts[at + i] : 0;
            mine += values[i];
        }
        int until = mine;
#pragma unroll
        for (int by = 1; by < 32; by *= 2)
        {
            int before = shuffle_up(until, by);
            if (lane >= by)
                until += before;
        }
        if (lane == 31)
            sums[turn][warp] = until;
        // The other half is read before it is written again, since two rounds lie between.
        block_barrier();
        int before = total + until - mine;
        for (int other = 0; other < 32; other++)
        {
            int sum = sums[turn][other];
            total += sum;
            before += other < warp ? sum : 0;
        }
#pragma unroll
        for (int i = 0; i < 4; i++)
        {
            if (at + i < length)
                starts[at + i] = before;
            before += values[i];
        }
    }
    if (thread == 0)
        starts[length] = total;
}
KERNEL(prefix_sum)
