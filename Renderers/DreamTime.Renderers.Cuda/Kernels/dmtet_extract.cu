// The surface of a signed distance on a tetrahedral grid (Shen et al. 2021), as MarchingTetrahedra has it, its triangles in the same order.
// A cell is a corner of the lattice with what it owns: 3 edges to the next corners, and where a cube begins there, 3 edges from its centre to the next ones and 8 to its corners.
#include "kernel.h"
#include "lattice.h"

#define EDGES 14

extern "C" __global__ void __launch_bounds__(256) dmtet_mark(const float* distance, int cubes, int vertices, unsigned char* inside)
{
    int v = global_index();
    if (v < vertices)
        inside[v] = distance[v] < 0 && !on_hull(cubes, v);
}
KERNEL(dmtet_mark)

struct Cell
{
    int x, y, z, is_cube;
};

INLINE Cell cell_at(int cubes, int index)
{
    int side = cubes + 1, x = index % side, y = index / side % side, z = index / (side * side);
    return {x, y, z, x < cubes && y < cubes && z < cubes};
}

INLINE int step(int axis, int along) { return axis == along; }

// The ends of an edge that a cell owns; where it has none, -1.
INLINE int end_of(int cubes, Cell c, int edge)
{
    if (edge < 3)
        return (edge == 0 ? c.x : edge == 1 ? c.y : c.z) < cubes ? corner_at(cubes, c.x + step(0, edge), c.y + step(1, edge), c.z + step(2, edge)) : -1;
    if (!c.is_cube)
        return -1;
    if (edge >= 6)
        return corner_of(cubes, c.x, c.y, c.z, edge - 6);
    int axis = edge - 3;
    return (axis == 0 ? c.x : axis == 1 ? c.y : c.z) + 1 < cubes ? centre_at(cubes, c.x + step(0, axis), c.y + step(1, axis), c.z + step(2, axis)) : -1;
}

INLINE int start_of(int cubes, Cell c, int edge) { return edge < 3 ? corner_at(cubes, c.x, c.y, c.z) : centre_at(cubes, c.x, c.y, c.z); }

// The corners of an edge of a cube's upper face along an axis, as TetrahedralGrid.FaceEdge has them.
INLINE int face_corner(int axis, int k)
{
    int u = 1 << (axis + 1) % 3, v = 1 << (axis + 2) % 3;
    k &= 3;
    return 1 << axis | (k == 1 || k == 2 ? u : 0) | (k == 2 || k == 3 ? v : 0);
}

INLINE int bits(int set) { return __builtin_popcount(set); }

// For each cell the edges that cross the surface, how many they are, and how many triangles.
extern "C" __global__ void __launch_bounds__(256) dmtet_count(const unsigned char* inside, int cubes, int* crossed, int* vertex_counts, int* triangle_counts)
{
    int index = global_index(), edges = 0, triangles = 0;
    if (index >= corner_count(cubes))
        return;
    Cell c = cell_at(cubes, index);
    for (int edge = 0; edge < EDGES; edge++)
    {
        int end = end_of(cubes, c, edge);
        if (end >= 0 && inside[start_of(cubes, c, edge)] != inside[end])
            edges |= 1 << edge;
    }
    for (int axis = 0; axis < 3 && c.is_cube; axis++)
    {
        int next = end_of(cubes, c, 3 + axis);
        if (next < 0)
            continue;
        int both = inside[centre_at(cubes, c.x, c.y, c.z)] + inside[next];
        for (int k = 0; k < 4; k++)
        {
            int count = both + inside[corner_of(cubes, c.x, c.y, c.z, face_corner(axis, k))] + inside[corner_of(cubes, c.x, c.y, c.z, face_corner(axis, k + 1))];
            triangles += count == 2 ? 2 : count == 1 || count == 3;
        }
    }
    crossed[index] = edges;
    vertex_counts[index] = bits(edges);
    triangle_counts[index] = triangles;
}
KERNEL(dmtet_count)

// The inside and the outside end of each vertex's edge.
extern "C" __global__ void __launch_bounds__(256) dmtet_vertices(
    const int* crossed, const unsigned char* inside, int cubes, const int* first_vertex, int* inner, int* outer)
{
    int index = global_index(), edges = index < corner_count(cubes) ? crossed[index] : 0;
    if (edges == 0)
        return;
    Cell c = cell_at(cubes, index);
    int vertex = first_vertex[index];
    for (int edge = 0; edge < EDGES; edge++)
        if (edges >> edge & 1)
        {
            int start = start_of(cubes, c, edge), end = end_of(cubes, c, edge);
            inner[vertex] = inside[start] ? start : end;
            outer[vertex] = inside[start] ? end : start;
            vertex++;
        }
}
KERNEL(dmtet_vertices)

INLINE int vertex_of(const int* crossed, const int* first_vertex, int cell, int edge) { return first_vertex[cell] + bits(crossed[cell] & ((1 << edge) - 1)); }

// cases: [16][7]: for each set of inside corners how many edges, and which, three a triangle.
extern "C" __global__ void __launch_bounds__(256) dmtet_triangles(
    const int* crossed, const unsigned char* inside, int cubes, const int* cases, const int* first_vertex, const int* first_triangle, int* triangles)
{
    int index = global_index();
    if (index >= corner_count(cubes) || first_triangle[index] == first_triangle[index + 1])
        return;
    Cell c = cell_at(cubes, index);
    int* to = triangles + 3ll * first_triangle[index];
    int here = centre_at(cubes, c.x, c.y, c.z);
    for (int axis = 0; axis < 3; axis++)
    {
        int next = end_of(cubes, c, 3 + axis);
        if (next < 0)
            continue;
        int cell_of_next = corner_at(cubes, c.x + step(0, axis), c.y + step(1, axis), c.z + step(2, axis));
        for (int k = 0; k < 4; k++)
        {
            int from = face_corner(axis, k), other = face_corner(axis, k + 1);
            int a = corner_of(cubes, c.x, c.y, c.z, from), b = corner_of(cubes, c.x, c.y, c.z, other);
            const int* which = cases + 7 * (inside[here] | inside[next] << 1 | inside[a] << 2 | inside[b] << 3);
            for (int i = 1; i <= which[0]; i++)
            {
                int edge = which[i];
                *to++ = edge == 0 ? vertex_of(crossed, first_vertex, index, 3 + axis)
                    : edge == 1   ? vertex_of(crossed, first_vertex, index, 6 + from)
                    : edge == 2   ? vertex_of(crossed, first_vertex, index, 6 + other)
                    : edge == 3   ? vertex_of(crossed, first_vertex, cell_of_next, 6 + (from & ~(1 << axis)))
                    : edge == 4   ? vertex_of(crossed, first_vertex, cell_of_next, 6 + (other & ~(1 << axis)))
                                  : vertex_of(crossed, first_vertex, a < b ? a : b, (from ^ other) == 1 ? 0 : (from ^ other) == 2 ? 1 : 2);
            }
        }
    }
}
KERNEL(dmtet_triangles)

// positions: [vertices][3].
extern "C" __global__ void __launch_bounds__(256) dmtet_positions(
    const int* inner, const int* outer, int vertices, const float* distance, const float* move, int cubes, float spacing, float radius, float* positions)
{
    int v = global_index();
    if (v >= vertices)
        return;
    float share = crossing_of(cubes, spacing, inner[v], outer[v], distance).share;
    Point a = moved(cubes, spacing, radius, inner[v], move), b = moved(cubes, spacing, radius, outer[v], move);
    positions[3 * v] = a.x * (1 - share) + b.x * share;
    positions[3 * v + 1] = a.y * (1 - share) + b.y * share;
    positions[3 * v + 2] = a.z * (1 - share) + b.z * share;
}
KERNEL(dmtet_positions)

INLINE void add_move(int vertex, float share, const float* gradient, float reach, const float* move, float* move_gradient)
{
    for (int axis = 0; axis < 3; axis++)
    {
        float t = hyperbolic_tangent(move[3 * vertex + axis]);
        add(move_gradient + 3 * vertex + axis, reach * (1 - t * t) * share * gradient[axis]);
    }
}

// Adds the gradients of distances and moves from that of the positions.
extern "C" __global__ void __launch_bounds__(256) dmtet_backward(
    const int* inner, const int* outer, int vertices, const float* distance, const float* move, int cubes, float spacing, float radius, const float* gradients,
    float* distance_gradient, float* move_gradient)
{
    int v = global_index();
    if (v >= vertices)
        return;
    const float* g = gradients + 3 * v;
    if (g[0] == 0 && g[1] == 0 && g[2] == 0)
        return;
    int a = inner[v], b = outer[v];
    Crossing c = crossing_of(cubes, spacing, a, b, distance);
    Point from = moved(cubes, spacing, radius, a, move), to = moved(cubes, spacing, radius, b, move);
    float along = (g[0] * (to.x - from.x) + g[1] * (to.y - from.y) + g[2] * (to.z - from.z)) / c.gap;
    add(distance_gradient + a, along * (1 - c.share));
    if (!c.held)
        add(distance_gradient + b, along * c.share);
    add_move(a, 1 - c.share, g, 0.25f * spacing, move, move_gradient);
    add_move(b, c.share, g, 0.25f * spacing, move, move_gradient);
}
KERNEL(dmtet_backward)
