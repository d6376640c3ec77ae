using System.Numerics;
using DreamTime.Renderers;
using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime.Benchmarks;

/// <summary>
/// Gaussian splatting in tensor operations with autograd: every Gaussian at every pixel, since tensor operations have nothing for tiles. It takes N numbers a pixel for each of its
/// operations, which limits the view.
/// </summary>
internal sealed class TensorSplats
{
    private readonly Camera _camera;
    private readonly int _size;
    private readonly Tensor _view, _origin, _columns, _rows, _gradient;
    private readonly TorchSharp.Modules.Parameter _positions, _logScales, _rotations, _opacities, _colors;
    private readonly optim.Optimizer _adam;

    /// <param name="renderer">Its parameters are copied; of harmonics it has degree 0.</param>
    /// <param name="camera">From where.</param>
    /// <param name="size">Width and height.</param>
    /// <param name="gradient">dL/dColor, [3, size, size].</param>
    public TensorSplats(SplatRenderer renderer, Camera camera, int size, float[] gradient)
    {
        (_camera, _size) = (camera, size);
        _view = Rows(camera.Right, -camera.Up, -camera.Back);
        _origin = Rows(camera.Position);
        (_columns, _rows) = (arange(size, dtype: ScalarType.Float32).repeat([size]) + 0.5, arange(size, dtype: ScalarType.Float32).repeat_interleave(size) + 0.5);
        _gradient = tensor(gradient).view(3, -1).t().contiguous();
        var gaussians = renderer.Gaussians;
        TorchSharp.Modules.Parameter Copy(SplatGroup group) => nn.Parameter(tensor(group.Values).view(-1, group.Width));
        (_positions, _logScales, _rotations) = (Copy(gaussians.Positions), Copy(gaussians.LogScales), Copy(gaussians.Rotations));
        (_opacities, _colors) = (Copy(gaussians.Opacities), Copy(gaussians.Base));
        _adam = optim.Adam([_positions, _logScales, _rotations, _opacities, _colors], lr: 0, beta1: 0.9, beta2: 0.99, eps: 1e-15);
    }

    public void Step()
    {
        using var scope = NewDisposeScope();
        _adam.zero_grad();
        Render().backward([_gradient]);
        _adam.step();
    }

    /// <summary>Throws where the gradients differ from the renderer's by more than rounding, and than what lies behind a pixel's last ten-thousandth, where the kernels stop.</summary>
    public void Check(SplatRenderer renderer)
    {
        using var scope = NewDisposeScope();
        Render().backward([_gradient]);
        var gaussians = renderer.Gaussians;
        foreach (var (group, parameter) in new[]
                 {
                     (gaussians.Positions, _positions), (gaussians.LogScales, _logScales), (gaussians.Rotations, _rotations), (gaussians.Opacities, _opacities), (gaussians.Base, _colors),
                 })
        {
            var expected = tensor(group.Gradient);
            var difference = (expected - parameter.grad!.view(-1)).norm().ToDouble() / expected.norm().ToDouble();
            Console.WriteLine(FormattableString.Invariant($"// difference of the gradient of the {group.Name}, relative to its length: {difference:E1}"));
            if (!(difference < 0.01))
                throw new InvalidOperationException($"The gradient of the {group.Name} in tensor operations is not the kernels'.");
        }
    }

    private Tensor Render()
    {
        var focal = _size / (2 * MathF.Tan(float.DegreesToRadians(_camera.FovYDegrees) / 2));
        var place = (_positions - _origin).matmul(_view.t());
        var order = place.select(1, 2).detach().argsort();
        place = place.index_select(0, order);
        var (x, y, z) = (place.select(1, 0), place.select(1, 1), place.select(1, 2));

        // The covariance in the image: J V R S (J V R S)^T, and the pixel's own.
        var none = zeros_like(z);
        var slope = stack([focal / z, none, -focal * x / (z * z), none, focal / z, -focal * y / (z * z)], 1).view(-1, 2, 3);
        var shape = Rotation(_rotations.index_select(0, order)) * _logScales.index_select(0, order).exp().unsqueeze(1);
        var spread = slope.matmul(_view).bmm(shape);
        var covariance = spread.bmm(spread.transpose(1, 2));
        var (xx, xy, yy) = (covariance.select(1, 0).select(1, 0) + 0.3f, covariance.select(1, 0).select(1, 1), covariance.select(1, 1).select(1, 1) + 0.3f);
        var determinant = xx * yy - xy * xy;

        var (dx, dy) = (_columns.unsqueeze(1) - (_size / 2f + focal * x / z), _rows.unsqueeze(1) - (_size / 2f + focal * y / z));
        var power = (yy / determinant * dx * dx - 2 * xy / determinant * dx * dy + xx / determinant * dy * dy) * -0.5f;
        var alpha = (_opacities.index_select(0, order).sigmoid().view(1, -1) * power.exp()).clamp_max(0.99f);
        alpha = alpha * alpha.ge(1f / 255).to_type(ScalarType.Float32);
        var behind = (1 - alpha).cumprod(1);
        var weights = alpha * behind / (1 - alpha);
        var colors = (0.5f + Harmonics.Constant * _colors.index_select(0, order)).clamp_min(0f);
        return weights.matmul(colors) + behind.narrow(1, behind.shape[1] - 1, 1);
    }

    private static Tensor Rotation(Tensor quaternions)
    {
        var q = quaternions / quaternions.norm(1, keepdim: true);
        var (w, x, y, z) = (q.select(1, 0), q.select(1, 1), q.select(1, 2), q.select(1, 3));
        return stack(
            [
                1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y),
                2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
                2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y),
            ],
            1).view(-1, 3, 3);
    }

    private static Tensor Rows(params Vector3[] vectors) => tensor([.. vectors.SelectMany(v => (float[])[v.X, v.Y, v.Z])]).view(-1, 3);
}
