// Smooth silhouettes and their gradient, as Silhouette and Antialiasing have them.
#include "kernel.h"
#include "image.h"
#include "silhouette.h"

// Each vertex's triangles: how many, and from the starts of these counts on, which.
extern "C" __global__ void __launch_bounds__(256) dmtet_count_around(const int* triangles, int count, int* counts)
{
    int i = global_index();
    if (i < 3 * count)
        add(counts + triangles[i], 1);
}
KERNEL(dmtet_count_around)

// Uses the counts up.
extern "C" __global__ void __launch_bounds__(256) dmtet_list_around(const int* triangles, int count, const int* starts, int* counts, int* around)
{
    int i = global_index();
    if (i < 3 * count)
        around[starts[triangles[i]] + take(counts + triangles[i], -1) - 1] = i / 3;
}
KERNEL(dmtet_list_around)

struct Mesh
{
    const int *triangles, *starts, *around;
    const float* positions;
};

INLINE int from_of(Mesh mesh, int triangle, int edge) { return mesh.triangles[3 * triangle + (edge + 1) % 3]; }
INLINE int to_of(Mesh mesh, int triangle, int edge) { return mesh.triangles[3 * triangle + (edge + 2) % 3]; }

INLINE int facing_of(Mesh mesh, const double* view, int triangle) { return sign_of(volume_of(corners_of(view, mesh.triangles, mesh.positions, triangle))); }

INLINE int neighbour_of(Mesh mesh, int triangle, int from, int to)
{
    for (int i = mesh.starts[from]; i < mesh.starts[from + 1]; i++)
    {
        int other = mesh.around[i];
        for (int corner = 0; corner < 3 && other != triangle; corner++)
            if (mesh.triangles[3 * other + corner] == to && mesh.triangles[3 * other + (corner + 1) % 3] == from)
                return other;
    }
    return -1;
}

INLINE int is_one_sheet(Mesh mesh, const double* view, int a, int b)
{
    for (int i = 0; i < 9; i++)
        if (mesh.triangles[3 * a + i / 3] == mesh.triangles[3 * b + i % 3])
            return facing_of(mesh, view, a) == facing_of(mesh, view, b);
    return 0;
}

// From the front pixel's centre over the surface towards its neighbour's.
INLINE Silhouette walk(Mesh mesh, const double* view, int triangle, double x, double y, int dx, int dy)
{
    int entered = -1, facing = facing_of(mesh, view, triangle);
    for (int step = 0; step < 64; step++)
    {
        int exit = -1;
        double reach = 1e300;
        Homogeneous line = {0, 0, 0};
        for (int edge = 0; edge < 3; edge++)
        {
            Homogeneous start = project(view, mesh.positions + 3 * from_of(mesh, triangle, edge)), end = project(view, mesh.positions + 3 * to_of(mesh, triangle, edge));
            Homogeneous candidate = cross(start, end);
            double slope = candidate.x * dx + candidate.y * dy, here = -at(candidate, x, y) / slope;
            if (edge != entered && slope * facing < 0 && here < reach)
            {
                exit = edge;
                reach = here;
                line = candidate;
            }
        }
        if (exit < 0 || reach >= 1)
            return no_silhouette();
        int from = from_of(mesh, triangle, exit), to = to_of(mesh, triangle, exit), neighbour = neighbour_of(mesh, triangle, from, to);
        if (neighbour < 0 || facing_of(mesh, view, neighbour) != facing)
        {
            double slope = line.x * dx + line.y * dy;
            return {from, to, 0, largest(0, reach), slope * slope / (line.x * line.x + line.y * line.y)};
        }
        for (entered = 0; from_of(mesh, neighbour, entered) != to || to_of(mesh, neighbour, entered) != from;)
            entered++;
        triangle = neighbour;
    }
    return no_silhouette();
}

// For each pixel of the images with their margin: between it and its right neighbour, then between it and its lower one.
extern "C" __global__ void __launch_bounds__(128) dmtet_find_silhouettes(
    const int* triangle_at, const float* depth_at, const int* triangles, const float* positions, const int* starts, const int* around, const double* views, int view_count,
    int height, int width, int* ends, double* shape)
{
    int slot = global_index(), item = slot / 2, down = slot % 2, pixels = height * width;
    if (item >= view_count * pixels)
        return;
    int pixel = item % pixels, x = pixel % width, y = pixel / width, exists = down ? y + 1 < height : x + 1 < width;
    int next = item + (down ? width : 1), here = triangle_at[item], there = exists ? triangle_at[next] : here;
    Silhouette found = no_silhouette();
    const double* view = views + 16 * (item / pixels);
    Mesh mesh = {triangles, starts, around, positions};
    if (here != there && !(here >= 0 && there >= 0 && is_one_sheet(mesh, view, here, there)))
    {
        int backwards = depth_at[item] <= depth_at[next] ? 0 : 1, sign = backwards ? -1 : 1;
        found = walk(mesh, view, backwards ? there : here, x + 0.5 + (backwards && !down), y + 0.5 + (backwards && down), down ? 0 : sign, down ? sign : 0);
        found.backwards = backwards;
    }
    store_silhouette(found, slot, ends, shape);
}
KERNEL(dmtet_find_silhouettes)

// Mixes centre planes [views][channels][pixels] into images without a margin. channels: 5, or 8 with normals. given: receives how much of itself each pixel gives away.
extern "C" __global__ void __launch_bounds__(256) dmtet_smooth(
    const float* planes, const int* ends, const double* shape, int view_count, int height, int width, int channels, float* given,
    float* color, float* opacity, float* depth, float* normals)
{
    int item = global_index(), inner_width = width - 2, inner = (height - 2) * inner_width;
    if (item >= view_count * inner)
        return;
    int view = item / inner, i = item % inner, x = i % inner_width + 1, y = i / inner_width + 1, pixels = height * width, pixel = y * width + x;
    Around near = around_of(view * pixels + pixel, width, ends, shape);
    float all = 0;
    for (int k = 0; k < 4; k++)
        all += near.is_mixed[k] ? near.weight[k] : 0;
    given[view * pixels + pixel] = all;
    for (int channel = 0; channel < channels; channel++)
    {
        const float* plane = planes + ((long long)channels * view + channel) * pixels;
        float value = plane[pixel], mixed = value;
        for (int k = 0; k < 4; k++)
            if (near.is_mixed[k])
                mixed += near.weight[k] / larger(1, all) * (plane[pixel + near.offset[k]] - value);
        if (channel < 3)
            color[(3ll * view + channel) * inner + i] = mixed;
        else if (channel == 3)
            opacity[item] = larger(0, smaller(1, mixed));
        else if (channel == 4)
            depth[item] = mixed;
        else
            normals[(3ll * view + channel - 5) * inner + i] = mixed;
    }
}
KERNEL(dmtet_smooth)

INLINE void pull(const double* view, int vertex, double slope, Homogeneous along_line, float* vertex_gradients)
{
    Homogeneous g = {slope * along_line.x, slope * along_line.y, slope * along_line.w};
    float right = (float)(view[12] * g.x), down = (float)(view[13] * g.y), forward = (float)(view[14] * g.x + view[15] * g.y + g.w);
    for (int axis = 0; axis < 3; axis++)
        add(vertex_gradients + 3 * vertex + axis, right * (float)view[6 + axis] + down * (float)view[9 + axis] + forward * (float)view[3 + axis]);
}

// Adds what the images' gradient wants of the silhouettes' vertices. The gradients are without a margin, each null for none.
extern "C" __global__ void __launch_bounds__(128) dmtet_pull_silhouettes(
    const float* planes, const int* ends, const double* shape, const float* given, const double* views, int view_count, int height, int width, int channels,
    const float* positions, const float* color, const float* opacity, const float* depth, const float* normals, float* vertex_gradients)
{
    int item = global_index(), inner_width = width - 2, inner = (height - 2) * inner_width;
    if (item >= view_count * inner)
        return;
    int view_index = item / inner, i = item % inner, x = i % inner_width + 1, y = i / inner_width + 1, pixels = height * width, pixel = y * width + x;
    const double* view = views + 16 * view_index;
    Around near = around_of(view_index * pixels + pixel, width, ends, shape);
    float all = given[view_index * pixels + pixel], mean = 0, of_weight[4] = {};
    if (all == 0)
        return;
    for (int channel = 0; channel < channels; channel++)
    {
        const float *plane = planes + ((long long)channels * view_index + channel) * pixels;
        const float* from = channel < 3 ? color : channel == 3 ? opacity : channel == 4 ? depth : normals;
        float g = from ? from[channel == 3 || channel == 4 ? item : (3ll * view_index + channel % 5) * inner + i] : 0;
        for (int k = 0; k < 4; k++)
            if (near.is_mixed[k])
                of_weight[k] += g * (plane[pixel + near.offset[k]] - plane[pixel]);
    }
    for (int k = 0; k < 4; k++)
        mean += near.is_mixed[k] ? near.weight[k] / larger(1, all) * of_weight[k] : 0;
    for (int k = 0; k < 4; k++)
    {
        float slope = all > 1 ? (of_weight[k] - mean) / all : of_weight[k];
        if (!near.is_mixed[k] || slope == 0)
            continue;
        Silhouette s = load_silhouette(near.slot[k], ends, shape);
        // The way that was walked: from the front pixel to the other one.
        int to_other_x = k == 1 ? -1 : k == 2 ? 1 : 0, to_other_y = k == 0 ? -1 : k == 3 ? 1 : 0, is_front = s.reach < 0.5;
        int dx = is_front ? to_other_x : -to_other_x, dy = is_front ? to_other_y : -to_other_y;
        double fx = x + 0.5 + (is_front ? 0 : to_other_x), fy = y + 0.5 + (is_front ? 0 : to_other_y);
        Homogeneous from = project(view, positions + 3 * s.from), to = project(view, positions + 3 * s.to), line = cross(from, to);
        double factor = -s.across * sign_of(s.reach - 0.5) / (line.x * dx + line.y * dy), length = line.x * line.x + line.y * line.y;
        double off = s.reach < 0.5 ? 0.5 - s.reach : s.reach - 0.5, turn = (dx != 0 ? 2 : -2) * off * line.x * line.y / (length * length);
        Homogeneous by_line = {factor * (fx + s.reach * dx) + turn * line.y, factor * (fy + s.reach * dy) - turn * line.x, factor};
        pull(view, s.from, slope, cross(to, by_line), vertex_gradients);
        pull(view, s.to, slope, cross(by_line, from), vertex_gradients);
    }
}
KERNEL(dmtet_pull_silhouettes)
