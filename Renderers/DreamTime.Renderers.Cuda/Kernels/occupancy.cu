// The grid that remembers where nothing is (Mueller et al. 2022), with a margin of one cell, as OccupancyGrid has it.
#include "kernel.h"

// A random place in each cell: x is the fastest.
extern "C" __global__ void __launch_bounds__(256) occupancy_probe(int resolution, unsigned long long seed, int update, float* px, float* py, float* pz)
{
    int cell = global_index(), cells = resolution * resolution * resolution;
    if (cell >= cells)
        return;
    double unit = 1.0 / 9007199254740992.0;
    px[cell] = (float)((cell % resolution + (double)counter_random(seed, update, cell, 0) * unit) / resolution);
    py[cell] = (float)((cell / resolution % resolution + (double)counter_random(seed, update, cell, 1) * unit) / resolution);
    pz[cell] = (float)((cell / (resolution * resolution) + (double)counter_random(seed, update, cell, 2) * unit) / resolution);
}
KERNEL(occupancy_probe)

// density: null leaves the opacities as they are. Adds them up.
extern "C" __global__ void __launch_bounds__(256) occupancy_update(const float* density, float step, float* opacity, int cells, double* sum)
{
    __shared__ double parts[256];
    int cell = global_index(), thread = thread_index();
    float value = 0;
    if (cell < cells)
    {
        value = opacity[cell];
        if (density)
            opacity[cell] = value = larger(value * 0.95f, density[cell] * step);
    }
    parts[thread] = value;
    block_barrier();
    for (int by = 128; by > 0; by /= 2)
    {
        if (thread < by)
            parts[thread] += parts[thread + by];
        block_barrier();
    }
    if (thread == 0)
        add(sum, parts[0]);
}
KERNEL(occupancy_update)

extern "C" __global__ void __launch_bounds__(256) occupancy_refresh(const float* opacity, int resolution, const double* sum, unsigned char* occupied, int* count)
{
    int cell = global_index(), cells = resolution * resolution * resolution;
    if (cell >= cells)
        return;
    float threshold = smaller(0.01f, (float)(*sum / cells));
    int x = cell % resolution, y = cell / resolution % resolution, z = cell / (resolution * resolution), any = 0;
    for (int dz = -1; dz <= 1; dz++)
        for (int dy = -1; dy <= 1; dy++)
            for (int dx = -1; dx <= 1; dx++)
            {
                int nx = x + dx, ny = y + dy, nz = z + dz;
                if (nx >= 0 && ny >= 0 && nz >= 0 && nx < resolution && ny < resolution && nz < resolution)
                    any |= opacity[(nz * resolution + ny) * resolution + nx] >= threshold;
            }
    occupied[cell] = any;
    if (any)
        add(count, 1);
}
KERNEL(occupancy_refresh)
