// The places of a surface that pixels show: where their material is asked, and the way back, as SurfacePoints, AlbedoShading and
// SurfaceLight have them. Normals: `sums` of area vectors at the vertices, null where nothing asks for normals; then there are 8 channels instead of 5.
#include "kernel.h"
#include "vector.h"
#include "light.h"
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

INLINE Point place_of(Spot spot) { return {spot.position[0], spot.position[1], spot.position[2]}; }

// Not of length 1.
INLINE Point mixed_normal(Spot spot, const float* sums)
{
    return plus(plus(times(normal_of(sums, spot.a), spot.shares[0]), times(normal_of(sums, spot.b), spot.shares[1])), times(normal_of(sums, spot.c), spot.shares[2]));
}

INLINE Point offset_from(const double* view, Point place) { return {place.x - (float)view[0], place.y - (float)view[1], place.z - (float)view[2]}; }

INLINE float length_of(Point p) { return square_root(inner(p, p)); }

INLINE Point unit_of(Point p)
{
    float length = length_of(p);
    return length > 0 ? times(p, 1 / length) : Point{0, 0, 0};
}

// planes: [views][channels][pixels]: colour, opacity, distance and normal of the pixels' centres.
extern "C" __global__ void __launch_bounds__(256) dmtet_fill(
    const int* list, int count, int pixels, const int* triangle_at, const float* share_a, const float* share_b, const int* triangles, const float* positions,
    const double* views, const float* sums, const float* lights, const float* red, const float* green, const float* blue, int channels, float* planes)
{
    int i = global_index();
    if (i >= count)
        return;
    int item = list[i], view = item / pixels;
    float *to = planes + (long long)channels * view * pixels + item % pixels, r = red[i], g = green[i], b = blue[i];
    Spot spot = spot_of(item, triangle_at, share_a, share_b, triangles, positions);
    if (sums)
    {
        Point normal = unit_of(mixed_normal(spot, sums));
        const float* light = lights + 6 * view;
        if (!is_plain(light) && inner(normal, normal) > 0)
        {
            float brightness = brightness_of(light, normal, place_of(spot));
            r = (light[5] != 0 ? 1 : r) * brightness;
            g = (light[5] != 0 ? 1 : g) * brightness;
            b = (light[5] != 0 ? 1 : b) * brightness;
        }
        if (channels == 8)
        {
            to[5ll * pixels] = normal.x;
            to[6ll * pixels] = normal.y;
            to[7ll * pixels] = normal.z;
        }
    }
    to[0] = r;
    to[pixels] = g;
    to[2ll * pixels] = b;
    to[3ll * pixels] = 1;
    to[4ll * pixels] = length_of(offset_from(views + 16 * view, place_of(spot)));
}
KERNEL(dmtet_fill)

// The gradient at a pixel of the images without margin; 0 in the margin.
INLINE float gradient_at(const float* gradient, int channels, int channel, int view, int x, int y, int height, int width)
{
    return gradient && x >= 1 && y >= 1 && x < width - 1 && y < height - 1 ? gradient[((long long)(channels * view + channel) * (height - 2) + y - 1) * (width - 2) + x - 1] : 0;
}

// Adds a share of the images' gradient at a pixel: of three colours, the distance, and the normal.
INLINE void add_gradient(
    float* sums, float share, const float* color, const float* depth, const float* normals, int view, int x, int y, int height, int width)
{
    for (int channel = 0; channel < 3; channel++)
    {
        sums[channel] += share * gradient_at(color, 3, channel, view, x, y, height, width);
        sums[4 + channel] += share * gradient_at(normals, 3, channel, view, x, y, height, width);
    }
    sums[3] += share * gradient_at(depth, 1, 0, view, x, y, height, width);
}

// From the gradient of the smooth images to that at the covered pixels' centres: of their albedo in the places of this, of their distances, and, where there are normals, what pulls at
// normals and places, [3][stride] each; adds to the gradients of the vertices' normals.
extern "C" __global__ void __launch_bounds__(256) dmtet_gather(
    const int* list, int count, int height, int width, const int* ends, const double* shape, const float* given, const float* color, const float* depth, const float* normals,
    const int* triangle_at, const float* share_a, const float* share_b, const int* triangles, const float* positions, const float* sums, const float* lights, int stride,
    float* red, float* green, float* blue, float* rest, float* by_depth, float* normal_pulls, float* place_pulls, float* normal_gradients)
{
    int i = global_index();
    if (i >= count)
        return;
    int item = list[i], pixels = height * width, view = item / pixels, x = item % pixels % width, y = item % pixels / width;
    float g[7] = {};
    add_gradient(g, 1, color, depth, normals, view, x, y, height, width);
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
        add_gradient(g, share, color, depth, normals, view, mx, my, height, width);
    }
    if (sums)
    {
        Spot spot = spot_of(item, triangle_at, share_a, share_b, triangles, positions);
        Point normal = mixed_normal(spot, sums), unit = unit_of(normal), of_unit = {g[4], g[5], g[6]}, of_place = {0, 0, 0};
        const float* light = lights + 6 * view;
        if (!is_plain(light) && inner(normal, normal) > 0)
        {
            Point albedo = light[5] != 0 ? Point{1, 1, 1} : Point{red[i], green[i], blue[i]}, at = place_of(spot);
            float of_brightness = g[0] * albedo.x + g[1] * albedo.y + g[2] * albedo.z, brightness = light[5] != 0 ? 0 : brightness_of(light, unit, at);
            BrightnessSlope slope = brightness_slope(light, unit, at);
            of_unit = plus(of_unit, times(slope.by_normal, of_brightness));
            of_place = times(slope.by_place, of_brightness);
            for (int channel = 0; channel < 3; channel++)
                g[channel] *= brightness;
        }
        // Through the length of the mixed normal.
        float length = length_of(normal);
        Point pull = length > 0 ? times(minus(of_unit, times(unit, inner(of_unit, unit))), 1 / length) : Point{0, 0, 0};
        normal_pulls[i] = pull.x;
        normal_pulls[stride + i] = pull.y;
        normal_pulls[2ll * stride + i] = pull.z;
        place_pulls[i] = of_place.x;
        place_pulls[stride + i] = of_place.y;
        place_pulls[2ll * stride + i] = of_place.z;
        add_atomically(normal_gradients, spot.a, times(pull, spot.shares[0]));
        add_atomically(normal_gradients, spot.b, times(pull, spot.shares[1]));
        add_atomically(normal_gradients, spot.c, times(pull, spot.shares[2]));
    }
    red[i] = g[0];
    green[i] = g[1];
    blue[i] = g[2];
    rest[i] = 0;
    by_depth[i] = g[3];
}
KERNEL(dmtet_gather)

// What pulls at the covered pixels' triangles, as SurfacePoints.Pull has it. slopes: of the material by the place in the unit cube, [3][stride].
extern "C" __global__ void __launch_bounds__(256) dmtet_pull_points(
    const int* list, int count, int pixels, const int* triangle_at, const float* share_a, const float* share_b, const int* triangles, const float* positions,
    const double* views, const float* slopes, int stride, float unit_per_world, const float* by_depth, const float* sums, const float* normal_pulls, const float* place_pulls,
    float* vertex_gradients)
{
    int i = global_index();
    if (i >= count)
        return;
    Spot spot = spot_of(list[i], triangle_at, share_a, share_b, triangles, positions);
    Point ray = unit_of(offset_from(views + 16 * (list[i] / pixels), place_of(spot))), a = point_at(positions, spot.a);
    Point ab = minus(point_at(positions, spot.b), a), ac = minus(point_at(positions, spot.c), a), area = outer(ab, ac), normal = unit_of(area), slide = {0, 0, 0};
    Point of_place = {slopes[i] * unit_per_world, slopes[(long long)stride + i] * unit_per_world, slopes[2ll * stride + i] * unit_per_world};
    if (sums)
    {
        Point pull = {normal_pulls[i], normal_pulls[stride + i], normal_pulls[2ll * stride + i]}, na = normal_of(sums, spot.a);
        float by_b = inner(pull, minus(normal_of(sums, spot.b), na)), by_c = inner(pull, minus(normal_of(sums, spot.c), na)), square = inner(area, area);
        slide = square > 0 ? times(plus(times(outer(ac, area), by_b), times(outer(area, ab), by_c)), 1 / square) : slide;
        of_place = plus(of_place, Point{place_pulls[i], place_pulls[stride + i], place_pulls[2ll * stride + i]});
    }
    // The least cosine that a gradient is divided by.
    float cosine = inner(normal, ray), size = larger(cosine < 0 ? -cosine : cosine, 0.02f);
    float factor = (by_depth[i] + inner(ray, plus(of_place, slide))) / (cosine < 0 ? -size : size);
    Point all = minus(times(normal, factor), slide);
    add_atomically(vertex_gradients, spot.a, times(all, spot.shares[0]));
    add_atomically(vertex_gradients, spot.b, times(all, spot.shares[1]));
    add_atomically(vertex_gradients, spot.c, times(all, spot.shares[2]));
}
KERNEL(dmtet_pull_points)
