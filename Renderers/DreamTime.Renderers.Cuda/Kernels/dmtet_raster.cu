// What each pixel shows at its centre, as VisibleSurface has it: the nearest triangle, of equally near ones the first.
#include "kernel.h"
#include "image.h"

struct Box
{
    double left, right, top, bottom;
};

INLINE void include_point(Box& box, double x, double y)
{
    // Rounding must not lose a pixel whose centre lies on the edge.
    box.left = smallest(box.left, x - 1e-6);
    box.right = largest(box.right, x + 1e-6);
    box.top = smallest(box.top, y - 1e-6);
    box.bottom = largest(box.bottom, y + 1e-6);
}

INLINE void include_edge(Box& box, Homogeneous from, Homogeneous to)
{
    if (from.w >= NEAR)
        include_point(box, from.x / from.w, from.y / from.w);
    if ((from.w >= NEAR) != (to.w >= NEAR))
    {
        double share = (NEAR - from.w) / (to.w - from.w);
        include_point(box, (from.x + share * (to.x - from.x)) / NEAR, (from.y + share * (to.y - from.y)) / NEAR);
    }
}

INLINE double clamped(double x, double low, double high) { return largest(low, smallest(high, x)); }

// Tries every `stride`th pixel of the triangle's box, from `first` on.
INLINE void draw(Corners c, double volume, int left, int top, int columns, int pixels, int first, int stride, int width, int triangle, unsigned long long* nearest)
{
    Homogeneous bc = cross(c.b, c.c), ca = cross(c.c, c.a), ab = cross(c.a, c.b);
    int sign = sign_of(volume);
    for (int i = first; i < pixels; i += stride)
    {
        int x = left + i % columns, y = top + i / columns;
        double ea = at(bc, x + 0.5, y + 0.5), eb = at(ca, x + 0.5, y + 0.5), ec = at(ab, x + 0.5, y + 0.5);
        if (sign * ea < 0 || sign * eb < 0 || sign * ec < 0)
            continue;
        float depth = (float)(volume / (ea + eb + ec));
        if (depth >= NEAR)
            keep_least(nearest + y * width + x, (unsigned long long)bits_of(depth) << 32 | (unsigned)triangle);
    }
}

// nearest: [views][height][width], all bits set; receives the depth's bits over the triangle's number. A thread a triangle and view; what covers many pixels is drawn by its whole warp.
extern "C" __global__ void __launch_bounds__(256) dmtet_draw(
    const int* triangles, const float* positions, int count, const double* views, int view_count, int height, int width, unsigned long long* nearest)
{
    int item = global_index(), exists = item < count * view_count, view = exists ? item / count : 0, triangle = exists ? item % count : 0;
    Corners c = corners_of(views + 16 * view, triangles, positions, triangle);
    double volume = volume_of(c);
    Box box = {1e300, -1e300, 1e300, -1e300};
    include_edge(box, c.a, c.b);
    include_edge(box, c.b, c.c);
    include_edge(box, c.c, c.a);
    int left = (int)__builtin_ceil(clamped(box.left - 0.5, 0, width)), right = (int)__builtin_floor(clamped(box.right - 0.5, -1, width - 1));
    int top = (int)__builtin_ceil(clamped(box.top - 0.5, 0, height)), bottom = (int)__builtin_floor(clamped(box.bottom - 0.5, -1, height - 1));
    int columns = right - left + 1, rows = bottom - top + 1, pixels = exists && volume != 0 && columns > 0 && rows > 0 ? columns * rows : 0;
    int is_large = pixels > 64;
    if (pixels > 0 && !is_large)
        draw(c, volume, left, top, columns, pixels, 0, 1, width, triangle, nearest + (long long)view * height * width);
    if (count_of(is_large) == 0)
        return;
    for (int lane = 0; lane < 32; lane++)
    {
        int all = shuffle(is_large ? pixels : 0, lane);
        if (all == 0)
            continue;
        int whose = shuffle(triangle, lane), seen_by = shuffle(view, lane), x = shuffle(left, lane), y = shuffle(top, lane), wide = shuffle(columns, lane);
        Corners large = corners_of(views + 16 * seen_by, triangles, positions, whose);
        draw(large, volume_of(large), x, y, wide, all, thread_index() % 32, 32, width, whose, nearest + (long long)seen_by * height * width);
    }
}
KERNEL(dmtet_draw)

// Where on its triangle each pixel lies; writes triangles (-1 for none), the shares of the first two corners, 1 or 0 for covered, and the background's planes [views][channels][pixels].
extern "C" __global__ void __launch_bounds__(256) dmtet_resolve(
    const unsigned long long* nearest, const int* triangles, const float* positions, const double* views, const float* backgrounds, int view_count, int height, int width,
    int channels, int* triangle_at, float* depth_at, float* share_a, float* share_b, int* covered, float* planes)
{
    int item = global_index(), pixels = height * width;
    if (item >= view_count * pixels)
        return;
    int view = item / pixels, pixel = item % pixels, is_covered = nearest[item] != ~0ull, triangle = is_covered ? (int)(unsigned)nearest[item] : -1;
    triangle_at[item] = triangle;
    covered[item] = is_covered;
    depth_at[item] = is_covered ? float_of((unsigned)(nearest[item] >> 32)) : 3e38f;
    if (is_covered)
    {
        Corners c = corners_of(views + 16 * view, triangles, positions, triangle);
        double x = pixel % width + 0.5, y = pixel / width + 0.5;
        double ea = at(cross(c.b, c.c), x, y), eb = at(cross(c.c, c.a), x, y), ec = at(cross(c.a, c.b), x, y), sum = ea + eb + ec;
        share_a[item] = (float)(ea / sum);
        share_b[item] = (float)(eb / sum);
        return;
    }
    for (int channel = 0; channel < channels; channel++)
        planes[((long long)channels * view + channel) * pixels + pixel] = channel < 3 ? backgrounds[3 * view + channel] : 0;
}
KERNEL(dmtet_resolve)
