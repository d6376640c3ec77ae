using DreamTime.Renderers;
using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime.Benchmarks;

/// <summary>The NeuS's step in tensor operations with autograd, slopes by forward differences and the eikonal loss included. It starts from the renderer's samples and parameters.</summary>
internal sealed class TensorNeus
{
    private readonly NeusRenderer _renderer;
    private readonly Tensor _positions, _slots, _rays, _directions, _gradient, _table;
    private readonly Tensor[] _weights;
    private readonly TorchSharp.Modules.Parameter _variance;
    private readonly optim.Optimizer _adam;
    private readonly (int Rays, int Samples, float Step, float Annealing) _shape;

    /// <param name="renderer">After a training render, and before its first step.</param>
    /// <param name="cameras">Of that render.</param>
    /// <param name="images">Of that render.</param>
    /// <param name="gradient">dL/dColor.</param>
    public TensorNeus(NeusRenderer renderer, Camera[] cameras, Images images, float[] gradient)
    {
        var (samples, field) = (renderer.TrainingSamples, renderer.Field);
        _renderer = renderer;
        var (count, rays, plane) = (samples.Count, images.Opacity.Length, images.Height * images.Width);
        var longest = Enumerable.Range(0, rays).Max(ray => samples.RayStart[ray + 1] - samples.RayStart[ray]);
        _shape = (rays, longest, renderer.StepLength, renderer.Options.CosineAnnealingSteps == 0 ? 1 : Math.Min(1, (float)renderer.Steps / renderer.Options.CosineAnnealingSteps));
        var (owners, slots, directions) = (new long[count], new long[count], new float[3 * rays]);
        for (var ray = 0; ray < rays; ray++)
        {
            var pixel = ray % plane;
            cameras[ray / plane].RayDirection(pixel % images.Width + 0.5f, pixel / images.Width + 0.5f, images.Width, images.Height).CopyTo(directions, 3 * ray);
            for (var i = samples.RayStart[ray]; i < samples.RayStart[ray + 1]; i++)
                (owners[i], slots[i]) = (ray, (long)ray * longest + i - samples.RayStart[ray]);
        }

        Tensor Plane(float[] numbers) => tensor(numbers.AsSpan(0, count).ToArray());
        _positions = stack([Plane(samples.X), Plane(samples.Y), Plane(samples.Z)], 1);
        (_rays, _slots) = (tensor(owners), tensor(slots));
        _directions = tensor(directions).view(-1, 3).index_select(0, _rays);
        _gradient = tensor(gradient).view(images.Views, 3, -1).permute(0, 2, 1).reshape(-1, 3);
        _table = nn.Parameter(tensor(field.Table.Values).view(-1, 2));
        _weights = [.. field.Network.Layers.Select(layer => nn.Parameter(
            tensor(field.Weights.Values.AsSpan(layer.Offset, layer.Outputs * layer.Inputs).ToArray()).view(layer.Outputs, layer.Inputs)))];
        _variance = nn.Parameter(tensor(renderer.Variance.Values[0]));
        _adam = optim.Adam([.. _weights.Append(_table).Append(_variance).Cast<TorchSharp.Modules.Parameter>()], lr: 0, beta1: 0.9, beta2: 0.99, eps: 1e-15);
    }

    public void Step()
    {
        using var scope = NewDisposeScope();
        _adam.zero_grad();
        Backward();
        _adam.step();
    }

    /// <summary>Throws where the gradients differ from the renderer's, after its backward pass, by more than rounding and what lies behind its early stop.</summary>
    public void Check()
    {
        using var scope = NewDisposeScope();
        Backward();
        Require("hash grid", tensor(_renderer.Field.Table.Gradient), _table.grad!.view(-1));
        Require("variance", tensor(_renderer.Variance.Gradient), _variance.grad!.view(-1));
    }

    private static void Require(string what, Tensor expected, Tensor actual)
    {
        var difference = ((expected - actual).norm() / expected.norm()).ToDouble();
        Console.WriteLine(FormattableString.Invariant($"// difference of the gradient of the {what}, relative to its length: {difference:E1}"));
        if (!(difference < 0.01))
            throw new InvalidOperationException($"The gradient of the {what} in tensor operations is not the kernels'.");
    }

    private void Backward()
    {
        var (color, eikonal) = Render();
        ((color * _gradient).sum() + _renderer.Options.Eikonal * eikonal).backward();
    }

    private (Tensor Color, Tensor Eikonal) Render()
    {
        var output = Network(_positions);
        var distance = Distance(_positions, output);
        var taps = new List<Tensor>();
        var epsilon = _renderer.Options.NormalEpsilon;
        for (var axis = 0; axis < 3; axis++)
        {
            var offset = new float[3];
            offset[axis] = epsilon / (2 * _renderer.Radius);
            var moved = (_positions + tensor(offset)).clamp_max(1);
            taps.Add((Distance(moved, Network(moved)) - distance) / epsilon);
        }

        // NeuS, eq. 13, with the slope of its implementation.
        var (rays, samples, step, annealing) = _shape;
        var normal = stack(taps, 1);
        var slope = (normal * _directions).sum(1);
        var half = ((0.5f - slope / 2).relu() * (1 - annealing) + (-slope).relu() * annealing) * (-step / 2);
        var sharpness = (10 * _variance).exp();
        var (p, q) = (((distance - half) * sharpness).sigmoid(), ((distance + half) * sharpness).sigmoid());
        var alpha = ((p - q + 1e-5f) / (p + 1e-5f)).clamp(0, 1 - 1e-6f);

        var depth = zeros(rays * samples).scatter(0, _slots, -(1 - alpha).log()).view(rays, samples);
        var weights = ((depth - depth.cumsum(1)).exp() * (1 - (-depth).exp())).view(-1).index_select(0, _slots);
        var seen = zeros(rays, 3).index_add(0, _rays, weights.unsqueeze(1) * output.narrow(1, 1, 3).sigmoid(), 1);
        var color = seen + (1 - zeros(rays).index_add(0, _rays, weights, 1)).unsqueeze(1);
        return (color, (normal.norm(1) - 1).square().mean());
    }

    private Tensor Network(Tensor positions)
    {
        var output = TensorNerf.Encode(_renderer.Field.Grid, _table, positions);
        for (var layer = 0; layer < _weights.Length; layer++)
            output = (layer > 0 ? output.relu() : output).matmul(_weights[layer].t());
        return output;
    }

    private Tensor Distance(Tensor positions, Tensor output)
    {
        var radii = _renderer.Options.InitialRadii;
        var share = (positions * 2 - 1) * _renderer.Radius / tensor(new[] { radii.X, radii.Y, radii.Z });
        return output.select(1, 0) + (share.norm(1) - 1) * MathF.Min(radii.X, MathF.Min(radii.Y, radii.Z));
    }
}
