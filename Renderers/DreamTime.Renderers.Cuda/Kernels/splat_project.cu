// From Gaussians in space to Gaussians in images (Zwicker et al. 2001), and the gradient back, as SplatProjection and SplatShape have it. An element is a Gaussian in a view.
#include "harmonics.h"
#include "shape.h"

// Added to the variance in the image, in square pixels.
#define PIXEL_VARIANCE 0.3f
// Gaussians whose centre is nearer to the camera's plane are not drawn.
#define NEAR 0.05f

INLINE float opacity_of(float logit) { return 1 / (1 + exponential(smaller(-logit, 80))); }

// Between -1 and the size, so that it fits into 16 bits wherever it is.
INLINE int floor_within(float value, int size)
{
    value = larger(-1, smaller((float)size, value));
    int whole = (int)value;
    return (float)whole > value ? whole - 1 : whole;
}

INLINE int ceiling_within(float value, int size)
{
    value = larger(-1, smaller((float)size, value));
    int whole = (int)value;
    return (float)whole < value ? whole + 1 : whole;
}

// Never below 0; above 1 as the harmonics say.
INLINE Vector albedo_of(const float* base, const float* rest, int functions, int i, Vector direction)
{
    Vector color = H0 * load(base + 3 * i) + Vector{0.5f, 0.5f, 0.5f};
    if (functions > 1)
    {
        float basis[16];
        harmonics(file_axes(direction), basis);
        const float* of = rest + 3ll * (functions - 1) * i;
#pragma unroll
        for (int k = 1; k < 16; k++)
            if (k < functions)
                color = color + basis[k] * load(of + 3 * (k - 1));
    }
    return {larger(0, color.x), larger(0, color.y), larger(0, color.z)};
}

// Writes each element's row, the key of its depth (all bits set where it is not seen), itself, and how many tiles it reaches.
extern "C" __global__ void __launch_bounds__(256) splat_project(
    const float* positions, const float* scales, const float* rotations, const float* opacities, const float* base, const float* rest, int functions, int count,
    const float* views, int elements, int height, int width, quad* rows, unsigned* keys, int* order, int* covered)
{
    int e = global_index();
    if (e >= elements)
        return;
    int i = e % count;
    order[e] = e;
    keys[e] = ~0u;
    covered[e] = 0;

    Eye eye = eye_of(views, e / count);
    Vector offset = load(positions + 3 * i) - eye.position;
    float x = dot(eye.right, offset), y = dot(eye.down, offset), z = dot(eye.forward, offset), opacity = opacity_of(opacities[i]);
    if (!(z > NEAR) || !(opacity >= LEAST_ALPHA))
        return;

    // The rows of the projection's Jacobian, then of it in the Gaussian's own axes.
    float fz = eye.focal / z, fzz = eye.focal / (z * z);
    Shape shape = shape_of(scales, rotations, i);
    Vector u0 = seen(shape, fz * eye.right - (fzz * x) * eye.forward), u1 = seen(shape, fz * eye.down - (fzz * y) * eye.forward);
    float xx = dot(u0, u0) + PIXEL_VARIANCE, xy = dot(u0, u1), yy = dot(u1, u1) + PIXEL_VARIANCE;
    float determinant = xx * yy - xy * xy;
    if (!(determinant > 0 && determinant < 3e38f))
        return;

    float centre_x = eye.x + eye.focal * x / z, centre_y = eye.y + eye.focal * y / z;
    float reach = square_root(larger(0, 2 * logarithm(opacity * 255)));
    float half_width = reach * square_root(xx), half_height = reach * square_root(yy);
    int left = ceiling_within(centre_x - half_width - 0.5f, width), right = floor_within(centre_x + half_width - 0.5f, width);
    int top = ceiling_within(centre_y - half_height - 0.5f, height), bottom = floor_within(centre_y + half_height - 0.5f, height);
    left = left < 0 ? 0 : left;
    top = top < 0 ? 0 : top;
    right = right < width ? right : width - 1;
    bottom = bottom < height ? bottom : height - 1;
    if (left > right || top > bottom)
        return;

    float distance = square_root(dot(offset, offset));
    Vector direction = (1 / distance) * offset, color = albedo_of(base, rest, functions, i, direction);
    Light light = light_of(views, e / count);
    float brightness = brightness_of(light, normal_of(shape, scales, i, offset).normal, load(positions + 3 * i));
    color = brightness * (light.textureless ? Vector{1, 1, 1} : color);

    keys[e] = bits_of(z);
    covered[e] = (right / TILE - left / TILE + 1) * (bottom / TILE - top / TILE + 1);
    rows[ROW_QUADS * e] = {centre_x, centre_y, yy / determinant, -xy / determinant};
    rows[ROW_QUADS * e + 1] = {xx / determinant, opacity, color.x, color.y};
    rows[ROW_QUADS * e + 2] = {color.z, distance, float_of(left | right << 16), float_of(top | bottom << 16)};
}
KERNEL(splat_project)

// Rows with normals for colours.
extern "C" __global__ void __launch_bounds__(256) splat_normals(
    const float* positions, const float* scales, const float* rotations, int count, const float* views, int elements, const int* covered, const quad* rows, quad* normals)
{
    int e = global_index(), i = e % count;
    if (e >= elements || covered[e] == 0)
        return;
    Vector n = normal_of(shape_of(scales, rotations, i), scales, i, load(positions + 3 * i) - eye_of(views, e / count).position).normal;
    quad second = rows[ROW_QUADS * e + 1], third = rows[ROW_QUADS * e + 2];
    normals[ROW_QUADS * e] = rows[ROW_QUADS * e];
    normals[ROW_QUADS * e + 1] = {second.x, second.y, n.x, n.y};
    normals[ROW_QUADS * e + 2] = {n.z, third.y, third.z, third.w};
}
KERNEL(splat_normals)

// Adds the gradients of a Gaussian's parameters over all views, from the sums that each of its instances has of its tile: instances lie from first[e] on, covered[e] of them.
// normal_sums: the same of the normals' images, null for none. Adds to pull the lengths of the gradients at its centre, in image heights, and to times the views.
extern "C" __global__ void __launch_bounds__(128) splat_project_backward(
    const float* positions, const float* scales, const float* rotations, const float* base, const float* rest, int functions, int count, const float* views, int view_count,
    int height, const quad* rows, const int* first, const int* covered, const quad* sums, const quad* normal_sums, float* positions_to, float* scales_to, float* rotations_to, float* opacities_to,
    float* base_to, float* rest_to, float* pull, int* times)
{
    int i = global_index();
    if (i >= count)
        return;
    Vector position = load(positions + 3 * i);
    Vector by_position = {0, 0, 0}, by_scale = {0, 0, 0}, by_base = {0, 0, 0};
    float by_rotation[4] = {0, 0, 0, 0}, by_opacity = 0, pulls = 0;
    int seen_by = 0;
    for (int view = 0; view < view_count; view++)
    {
        int e = view * count + i, instances = covered[e];
        if (instances == 0)
            continue;
        seen_by++;
        quad p = {0, 0, 0, 0}, q = p, s = p;
        const quad* from = sums + (long long)ROW_QUADS * first[e];
        for (int k = 0; k < instances; k++, from += ROW_QUADS)
        {
            p += from[0];
            q += from[1];
            s += from[2];
        }
        Vector by_normal = {0, 0, 0};
        if (normal_sums)
        {
            from = normal_sums + (long long)ROW_QUADS * first[e];
            for (int k = 0; k < instances; k++, from += ROW_QUADS)
            {
                p += from[0];
                q.x += from[1].x;
                q.y += from[1].y;
                by_normal = by_normal + Vector{from[1].z, from[1].w, from[2].x};
            }
        }

        Row row = unpack(rows[ROW_QUADS * e], rows[ROW_QUADS * e + 1], rows[ROW_QUADS * e + 2]);
        // Through alpha = opacity exp(-(a dx^2 + 2 b dx dy + c dy^2) / 2).
        float gx = row.a * p.x + row.b * p.y, gy = row.b * p.x + row.c * p.y;
        float ga = -0.5f * p.z, gb = -0.5f * p.w, gc = -0.5f * q.x;
        pulls += square_root(gx * gx + gy * gy) * (float)height;
        by_opacity += q.y * (1 - row.opacity);

        Eye eye = eye_of(views, view);
        Vector offset = position - eye.position;
        float x = dot(eye.right, offset), y = dot(eye.down, offset), z = dot(eye.forward, offset);
        // The covariance is the inverse of the conic Q, so its gradient is -Q G Q.
        float a = row.a, b = row.b, c = row.c;
        float k00 = a * ga + b * gb, k01 = a * gb + b * gc, k10 = b * ga + c * gb, k11 = b * gb + c * gc;
        float gxx = -(k00 * a + k01 * b), gxy = -2 * (k00 * b + k01 * c), gyy = -(k10 * b + k11 * c);

        float fz = eye.focal / z, fzz = eye.focal / (z * z);
        Shape shape = shape_of(scales, rotations, i);
        Vector m0 = fz * eye.right - (fzz * x) * eye.forward, m1 = fz * eye.down - (fzz * y) * eye.forward;
        Vector u0 = seen(shape, m0), u1 = seen(shape, m1), dm0, dm1;
        Vector turns[3];
        shape_backward(shape, m0, m1, (2 * gxx) * u0 + gxy * u1, (2 * gyy) * u1 + gxy * u0, by_scale, turns, dm0, dm1);

        // The light falls on the albedo, or on white.
        Vector direction = (1 / row.distance) * offset, albedo = albedo_of(base, rest, functions, i, direction), color = {q.z, q.w, s.x};
        Light light = light_of(views, view);
        Normal normal = normal_of(shape, scales, i, offset);
        float by_brightness = light.textureless ? color.x + color.y + color.z : dot(color, albedo);
        brightness_slope(light, normal.normal, position, by_brightness, by_normal, by_position);
        color = light.textureless ? Vector{0, 0, 0} : brightness_of(light, normal.normal, position) * color;
        turn_axis(turns, normal, by_normal);
        turn_backward(shape, turns, by_rotation);

        float slope0 = dot(eye.forward, dm0), slope1 = dot(eye.forward, dm1);
        float dx = gx * fz - fzz * slope0, dy = gy * fz - fzz * slope1;
        float dz = -fzz * (gx * x + gy * y + dot(eye.right, dm0) + dot(eye.down, dm1)) + 2 * fzz / z * (x * slope0 + y * slope1);
        // Where a channel is held at 0 nothing reaches its harmonics.
        color = {albedo.x > 0 ? color.x : 0, albedo.y > 0 ? color.y : 0, albedo.z > 0 ? color.z : 0};
        by_base = by_base + H0 * color;
        by_position = by_position + dx * eye.right + dy * eye.down + dz * eye.forward + s.y * direction;
        if (functions > 1)
        {
            Vector file = file_axes(direction);
            float basis[16], weights[16];
            harmonics(file, basis);
            const float* values = rest + 3ll * (functions - 1) * i;
            float* to = rest_to + 3ll * (functions - 1) * i;
#pragma unroll
            for (int k = 1; k < 16; k++)
            {
                weights[k] = k < functions ? dot(color, load(values + 3 * (k - 1))) : 0;
                if (k < functions)
                    add_to(to + 3 * (k - 1), basis[k] * color);
            }
            Vector turn = world_axes(harmonics_slope(file, weights));
            by_position = by_position + (1 / row.distance) * (turn - dot(turn, direction) * direction);
        }
    }
    if (seen_by == 0)
        return;
    add_to(positions_to + 3 * i, by_position);
    add_to(scales_to + 3 * i, by_scale);
    add_to(base_to + 3 * i, by_base);
#pragma unroll
    for (int k = 0; k < 4; k++)
        rotations_to[4 * i + k] += by_rotation[k];
    opacities_to[i] += by_opacity;
    pull[i] += pulls;
    times[i] += seen_by;
}
KERNEL(splat_project_backward)
