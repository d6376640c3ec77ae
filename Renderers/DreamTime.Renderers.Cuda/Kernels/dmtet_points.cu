// The places of a surface that pixels show: where their material is asked, and the way back. Albedo only, as AlbedoShading has it.
#include "kernel.h"
#include "image.h"
#include "silhouette.h"

// covered: 1 or 0 for each pixel; starts: the running sums of these.
extern "C" __global__ void __launch_bounds__(256) dmtet_list(const int* covered, const int* starts, int items, int* list)
{
    int item = global_index();
    if (item < items && covered[item])
        list[starts[item]] = item;
}
KERNEL(dmtet_list)

struct Spot
{
    int a, b, c;
    float shares[3], position[3];
};

INLINE Spot spot_of(int item, const int* triangle_at, const float* share_a, const float* share_b, const int* triangles, const float* positions)
{
    const int* t = triangles + 3 * triangle_at[item];
    Spot spot = {t[0], t[1], t[2], {share_a[item], share_b[item], 1 - share_a[item] - share_b[item]}, {}};
    for (int axis = 0; axis < 3; axis++)
        spot.position[axis] = spot.shares[0] * positions[3 * spot.a + axis] + spot.shares[1] * positions[3 * spot.b + axis] + spot.shares[2] * positions[3 * spot.c + axis];
    return spot;
}

extern "C" __global__ void __launch_bounds__(256) dmtet_place(
    const int* list, int count, const int* triangle_at, const float* share_a, const float* share_b, const int* triangles, const float* positions, float unit_per_world,
    float* px, float* py, float* pz)
{
    int i = global_index();
    if (i >= count)
        return;
    Spot spot = spot_of(list[i], triangle_at, share_a, share_b, triangles, positions);
    px[i] = larger(0, smaller(1, spot.position[0] * unit_per_world + 0.5f));
    py[i] = larger(0, smaller(1, spot.position[1] * unit_per_world + 0.5f));
    pz[i] = larger(0, smaller(1, spot.position[2] * unit_per_world + 0.5f));
}
KERNEL(dmtet_place)

INLINE float distance_to(const double* view, const float* position, float* ray)
{
    float square = 0;
    for (int axis = 0; axis < 3; axis++)
    {
        ray[axis] = position[axis] - (float)view[axis];
        square += ray[axis] * ray[axis];
    }
    float length = square_root(square);
    for (int axis = 0; axis < 3; axis++)
        ray[axis] /= length;
    return length;
}

// planes: [views][5][pixels]: colour, opacity and distance of the pixels' centres.
extern "C" __global__ void __launch_bounds__(256) dmtet_fill(
    const int* list, int count, int pixels, const int* triangle_at, const float* share_a, const float* share_b, const int* triangles, const float* positions,
    const double* views, const float* red, const float* green, const float* blue, float* planes)
{
    int i = global_index();
    if (i >= count)
        return;
    int item = list[i], view = item / pixels;
    float ray[3], *to = planes + 5ll * view * pixels + item % pixels;
    Spot spot = spot_of(item, triangle_at, share_a, share_b, triangles, positions);
    to[0] = red[i];
    to[pixels] = green[i];
    to[2ll * pixels] = blue[i];
    to[3ll * pixels] = 1;
    to[4ll * pixels] = distance_to(views + 16 * view, spot.position, ray);
}
KERNEL(dmtet_fill)

// The gradient at a pixel of the images without margin; 0 in the margin.
INLINE float gradient_at(const float* gradient, int channels, int channel, int view, int x, int y, int height, int width)
{
    return gradient && x >= 1 && y >= 1 && x < width - 1 && y < height - 1 ? gradient[((long long)(channels * view + channel) * (height - 2) + y - 1) * (width - 2) + x - 1] : 0;
}

// From the gradient of the smooth images to that at the covered pixels' centres: of their colours in the places of these, and of their distances.
extern "C" __global__ void __launch_bounds__(256) dmtet_gather(
    const int* list, int count, int height, int width, const int* ends, const double* shape, const float* given, const float* color, const float* depth,
    float* red, float* green, float* blue, float* rest, float* by_depth)
{
    int i = global_index();
    if (i >= count)
        return;
    int item = list[i], pixels = height * width, view = item / pixels, x = item % pixels % width, y = item % pixels / width;
    float sums[4];
    for (int channel = 0; channel < 4; channel++)
        sums[channel] = channel < 3 ? gradient_at(color, 3, channel, view, x, y, height, width) : gradient_at(depth, 1, 0, view, x, y, height, width);
    // A pixel of the margin has neighbours in one direction only, and only its inner ones have gradients.
    for (int k = 0; k < 4; k++)
    {
        int nx = x + (k == 1 ? -1 : k == 2 ? 1 : 0), ny = y + (k == 0 ? -1 : k == 3 ? 1 : 0);
        if (nx < 0 || ny < 0 || nx >= width || ny >= height)
            continue;
        int slot = k == 0 ? 2 * (item - width) + 1 : k == 1 ? 2 * (item - 1) : k == 2 ? 2 * item : 2 * item + 1;
        Silhouette s = load_silhouette(slot, ends, shape);
        if (s.from < 0)
            continue;
        int front_is_pixel = (k >= 2) != s.backwards, mixed_is_pixel = (s.reach < 0.5) == front_is_pixel;
        int mx = mixed_is_pixel ? x : nx, my = mixed_is_pixel ? y : ny;
        if (mx < 1 || my < 1 || mx >= width - 1 || my >= height - 1)
            continue;
        double off = s.reach < 0.5 ? 0.5 - s.reach : s.reach - 0.5;
        float share = (float)(s.across * off) / larger(1, given[view * pixels + my * width + mx]) * (mixed_is_pixel ? -1 : 1);
        for (int channel = 0; channel < 4; channel++)
            sums[channel] += share * (channel < 3 ? gradient_at(color, 3, channel, view, mx, my, height, width) : gradient_at(depth, 1, 0, view, mx, my, height, width));
    }
    red[i] = sums[0];
    green[i] = sums[1];
    blue[i] = sums[2];
    rest[i] = 0;
    by_depth[i] = sums[3];
}
KERNEL(dmtet_gather)

// What pulls at the covered pixels' triangles, as SurfacePoints.Pull has it. slopes: of the material by the place in the unit cube, [3][stride].
extern "C" __global__ void __launch_bounds__(256) dmtet_pull_points(
    const int* list, int count, int pixels, const int* triangle_at, const float* share_a, const float* share_b, const int* triangles, const float* positions,
    const double* views, const float* slopes, int stride, float unit_per_world, const float* by_depth, float* vertex_gradients)
{
    int i = global_index();
    if (i >= count)
        return;
    Spot spot = spot_of(list[i], triangle_at, share_a, share_b, triangles, positions);
    float ray[3], ab[3], ac[3];
    distance_to(views + 16 * (list[i] / pixels), spot.position, ray);
    for (int axis = 0; axis < 3; axis++)
    {
        ab[axis] = positions[3 * spot.b + axis] - positions[3 * spot.a + axis];
        ac[axis] = positions[3 * spot.c + axis] - positions[3 * spot.a + axis];
    }
    float normal[3] = {ab[1] * ac[2] - ab[2] * ac[1], ab[2] * ac[0] - ab[0] * ac[2], ab[0] * ac[1] - ab[1] * ac[0]};
    float length = square_root(normal[0] * normal[0] + normal[1] * normal[1] + normal[2] * normal[2]), cosine = 0, along = by_depth[i];
    for (int axis = 0; axis < 3; axis++)
    {
        normal[axis] /= length;
        cosine += normal[axis] * ray[axis];
        along += ray[axis] * slopes[(long long)axis * stride + i] * unit_per_world;
    }
    // The least cosine that a gradient is divided by.
    float size = larger(cosine < 0 ? -cosine : cosine, 0.02f), factor = along / (cosine < 0 ? -size : size);
    int corners[3] = {spot.a, spot.b, spot.c};
    for (int corner = 0; corner < 3; corner++)
        for (int axis = 0; axis < 3; axis++)
            add(vertex_gradients + 3 * corners[corner] + axis, spot.shares[corner] * factor * normal[axis]);
}
KERNEL(dmtet_pull_points)
