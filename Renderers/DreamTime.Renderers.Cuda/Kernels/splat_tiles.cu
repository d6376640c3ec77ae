// Which Gaussians reach which tile. An element, a Gaussian in a view, has an instance in each tile that it reaches; instances are numbered element by element, nearest first.
#include "splat.h"

// How many instances each element has, nearest first.
extern "C" __global__ void __launch_bounds__(256) splat_covered(const int* order, const int* covered, int elements, int* counts)
{
    int r = global_index();
    if (r < elements)
        counts[r] = covered[order[r]];
}
KERNEL(splat_covered)

// starts: the prefix sum of those. first: for each element its first instance. keys: for each instance its tile, view after view; of: its element; instances: itself.
extern "C" __global__ void __launch_bounds__(256) splat_instances(
    const int* order, const int* covered, const int* starts, int elements, const quad* rows, int count, int columns, int tiles, int* first, unsigned* keys, int* instances, int* of)
{
    int r = global_index();
    if (r >= elements)
        return;
    int e = order[r];
    if (covered[e] == 0)
        return;
    int at = starts[r];
    first[e] = at;
    quad third = rows[ROW_QUADS * e + 2];
    unsigned across = bits_of(third.z), down = bits_of(third.w);
    int left = (across & 0xFFFF) / TILE, right = (across >> 16) / TILE, top = (down & 0xFFFF) / TILE, bottom = (down >> 16) / TILE;
    for (int row = top; row <= bottom; row++)
        for (int column = left; column <= right; column++, at++)
        {
            keys[at] = (unsigned)(e / count * tiles + row * columns + column);
            instances[at] = at;
            of[at] = e;
        }
}
KERNEL(splat_instances)

// Where each tile's instances begin in the sorted keys, and at the end where all end.
extern "C" __global__ void __launch_bounds__(256) splat_starts(const unsigned* keys, int count, int tiles, int* starts)
{
    int tile = global_index();
    if (tile > tiles)
        return;
    int low = 0, high = count;
    while (low < high)
    {
        int middle = low + (high - low) / 2;
        if (keys[middle] < (unsigned)tile)
            low = middle + 1;
        else
            high = middle;
    }
    starts[tile] = low;
}
KERNEL(splat_starts)
