// Losses on a surface, as SurfaceLosses and SurfaceNormals have them; every vertex gathers from its triangles.
#include "kernel.h"
#include "lattice.h"

// Sums of the triangles' area vectors around each vertex.
extern "C" __global__ void __launch_bounds__(256) dmtet_normal_sums(
    const int* triangles, const float* positions, const int* starts, const int* around, int vertices, float* sums)
{
    int v = global_index();
    if (v >= vertices)
        return;
    Point sum = {0, 0, 0};
    for (int i = starts[v]; i < starts[v + 1]; i++)
    {
        const int* t = triangles + 3 * around[i];
        Point a = point_at(positions, t[0]);
        sum = plus(sum, outer(minus(point_at(positions, t[1]), a), minus(point_at(positions, t[2]), a)));
    }
    put(sums, v, sum);
}
KERNEL(dmtet_normal_sums)

// Adds the gradient of the mean of 1 - cos over the edges by each vertex's unit normal. weight: already divided by the triangles' edges.
extern "C" __global__ void __launch_bounds__(256) dmtet_normal_consistency(
    const int* triangles, const float* sums, const int* starts, const int* around, int vertices, float weight, float* normal_gradients)
{
    int v = global_index();
    if (v >= vertices)
        return;
    Point gradient = {0, 0, 0};
    for (int i = starts[v]; i < starts[v + 1]; i++)
        for (int corner = 0; corner < 3; corner++)
        {
            int other = triangles[3 * around[i] + corner];
            if (other != v)
                gradient = plus(gradient, times(normal_of(sums, other), -weight));
        }
    add_point(normal_gradients, v, gradient);
}
KERNEL(dmtet_normal_consistency)

// From the gradient of the unit normals to that of the sums of area vectors, in place.
extern "C" __global__ void __launch_bounds__(256) dmtet_normal_lengths(const float* sums, int vertices, float* gradients)
{
    int v = global_index();
    if (v >= vertices)
        return;
    Point sum = point_at(sums, v), normal = normal_of(sums, v), gradient = point_at(gradients, v);
    float length = square_root(inner(sum, sum));
    put(gradients, v, length > 0 ? times(minus(gradient, times(normal, inner(gradient, normal))), 1 / length) : Point{0, 0, 0});
}
KERNEL(dmtet_normal_lengths)

// Through the area vectors to the positions.
extern "C" __global__ void __launch_bounds__(256) dmtet_normal_backward(
    const int* triangles, const float* positions, const int* starts, const int* around, int vertices, const float* by_sum, float* vertex_gradients)
{
    int v = global_index();
    if (v >= vertices)
        return;
    Point gradient = {0, 0, 0};
    for (int i = starts[v]; i < starts[v + 1]; i++)
    {
        const int* t = triangles + 3 * around[i];
        Point a = point_at(positions, t[0]), area = plus(plus(point_at(by_sum, t[0]), point_at(by_sum, t[1])), point_at(by_sum, t[2]));
        Point by_b = outer(minus(point_at(positions, t[2]), a), area), by_c = outer(area, minus(point_at(positions, t[1]), a));
        gradient = t[1] == v ? plus(gradient, by_b) : t[2] == v ? plus(gradient, by_c) : minus(gradient, plus(by_b, by_c));
    }
    add_point(vertex_gradients, v, gradient);
}
KERNEL(dmtet_normal_backward)

// Writes the slope of each vertex's distance to the middle of its neighbours, divided by how often these are named. weight: already divided by the vertices.
extern "C" __global__ void __launch_bounds__(256) dmtet_laplacian(
    const int* triangles, const float* positions, const int* starts, const int* around, int vertices, float spacing, float weight, float* slopes, float* vertex_gradients)
{
    int v = global_index();
    if (v >= vertices)
        return;
    Point middle = {0, 0, 0}, here = point_at(positions, v);
    int count = starts[v + 1] - starts[v], names = 2 * count;
    for (int i = starts[v]; i < starts[v + 1]; i++)
        for (int corner = 0; corner < 3; corner++)
            if (triangles[3 * around[i] + corner] != v)
                middle = plus(middle, point_at(positions, triangles[3 * around[i] + corner]));
    Point offset = times(minus(here, times(middle, 1.0f / names)), 1 / spacing);
    float length = square_root(inner(offset, offset));
    Point slope = length > 0 ? times(offset, weight / (spacing * length)) : Point{0, 0, 0};
    put(slopes, v, times(slope, 1.0f / names));
    add_point(vertex_gradients, v, slope);
}
KERNEL(dmtet_laplacian)

// What the neighbours' slopes want of each vertex.
extern "C" __global__ void __launch_bounds__(256) dmtet_laplacian_neighbours(
    const int* triangles, const int* starts, const int* around, int vertices, const float* slopes, float* vertex_gradients)
{
    int v = global_index();
    if (v >= vertices)
        return;
    Point gradient = {0, 0, 0};
    for (int i = starts[v]; i < starts[v + 1]; i++)
        for (int corner = 0; corner < 3; corner++)
        {
            int other = triangles[3 * around[i] + corner];
            if (other != v)
                gradient = minus(gradient, point_at(slopes, other));
        }
    add_point(vertex_gradients, v, gradient);
}
KERNEL(dmtet_laplacian_neighbours)

INLINE float logistic(float x) { return 1 / (1 + exponential(smaller(-x, 80))); }

// weight: already divided by the vertices and the spacing.
extern "C" __global__ void __launch_bounds__(256) dmtet_sign_consistency(
    const int* inner_ends, const int* outer_ends, int vertices, const float* distance, float spacing, float weight, float* distance_gradient)
{
    int v = global_index();
    if (v >= vertices)
        return;
    add(distance_gradient + inner_ends[v], -weight * logistic(-distance[inner_ends[v]] / spacing));
    add(distance_gradient + outer_ends[v], weight * logistic(distance[outer_ends[v]] / spacing));
}
KERNEL(dmtet_sign_consistency)
