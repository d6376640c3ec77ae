using DreamTime.Renderers;
using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime.Benchmarks;

/// <summary>The NeRF's step in tensor operations with autograd: what one would write without kernels. It starts from the renderer's samples and parameters.</summary>
internal sealed class TensorNerf
{
    private readonly HashGridLayout _grid;
    private readonly Tensor _positions, _slots, _rays, _background, _gradient, _table;
    private readonly Tensor[] _weights;
    private readonly optim.Optimizer _adam;
    private readonly (int Rays, int Samples, float Step) _shape;

    public TensorNerf(NerfRenderer renderer, Images images, float[] gradient)
    {
        var (samples, field) = (renderer.TrainingSamples, renderer.Field);
        var count = samples.Count;
        _grid = field.Grid;
        _shape = (images.Opacity.Length, renderer.Marcher.MaxSamples, renderer.Marcher.Step);
        var owners = new long[count];
        var slots = new long[count];
        for (var ray = 0; ray < _shape.Rays; ray++)
            for (var i = samples.RayStart[ray]; i < samples.RayStart[ray + 1]; i++)
                (owners[i], slots[i]) = (ray, (long)ray * _shape.Samples + i - samples.RayStart[ray]);

        Tensor Plane(float[] plane) => tensor(plane.AsSpan(0, count).ToArray());
        _positions = stack([Plane(samples.X), Plane(samples.Y), Plane(samples.Z)], 1);
        (_rays, _slots) = (tensor(owners), tensor(slots));
        _background = ones(3);
        _gradient = tensor(gradient).view(images.Views, 3, -1).permute(0, 2, 1).reshape(-1, 3);
        _table = nn.Parameter(tensor(field.Table.Values).view(-1, 2));
        _weights = [.. field.Network.Layers.Select(layer => nn.Parameter(
            tensor(field.Weights.Values.AsSpan(layer.Offset, layer.Outputs * layer.Inputs).ToArray()).view(layer.Outputs, layer.Inputs)))];
        _adam = optim.Adam([.. _weights.Append(_table).Cast<TorchSharp.Modules.Parameter>()], lr: 0, beta1: 0.9, beta2: 0.99, eps: 1e-15);
    }

    public void Step()
    {
        using var scope = NewDisposeScope();
        _adam.zero_grad();
        Render().backward([_gradient]);
        _adam.step();
    }

    /// <summary>Throws where image or gradient differ from the renderer's by more than rounding.</summary>
    public void Check(NerfRenderer renderer, Images images)
    {
        using var scope = NewDisposeScope();
        var color = Render();
        color.backward([_gradient]);
        var expected = tensor(images.Color).view(images.Views, 3, -1).permute(0, 2, 1).reshape(-1, 3);
        Require("image", expected, color.detach(), 1e-4);
        Require("gradient of the hash grid", tensor(renderer.Field.Table.Gradient), _table.grad!.view(-1), 1e-3);
    }

    private static void Require(string what, Tensor expected, Tensor actual, double tolerance)
    {
        var difference = ((expected - actual).abs().max() / expected.abs().max()).ToDouble();
        Console.WriteLine(FormattableString.Invariant($"// largest difference of the {what}, relative to the largest number: {difference:E1}"));
        if (!(difference < tolerance))
            throw new InvalidOperationException($"The {what} in tensor operations is not the kernels'.");
    }

    private Tensor Render()
    {
        var output = Encode(_grid, _table, _positions);
        for (var layer = 0; layer < _weights.Length; layer++)
            output = (layer > 0 ? output.relu() : output).matmul(_weights[layer].t());
        var world = _positions * 2 - 1;
        var blob = (1 - world.norm(1) / 0.5) * 10;
        var density = nn.functional.softplus(output.select(1, 0) + blob);
        var color = output.narrow(1, 1, 3).sigmoid();

        var (rays, samples, step) = _shape;
        var depth = zeros(rays * samples).scatter(0, _slots, density * step).view(rays, samples);
        var through = (depth - depth.cumsum(1)).exp();
        var weights = (through * (1 - (-depth).exp())).view(-1).index_select(0, _slots);
        var seen = zeros(rays, 3).index_add(0, _rays, weights.unsqueeze(1) * color, 1);
        var opacity = zeros(rays).index_add(0, _rays, weights, 1);
        return seen + (1 - opacity).unsqueeze(1) * _background;
    }

    /// <summary>The hash grid's features at positions of the unit cube, [points, 3].</summary>
    public static Tensor Encode(HashGridLayout grid, Tensor table, Tensor positions)
    {
        var features = new List<Tensor>();
        foreach (var level in grid.Levels)
        {
            var scaled = positions * level.Resolution;
            var cell = scaled.to(int64).clamp_max(level.Resolution - 1);
            var fraction = scaled - cell;
            var (x, y, z) = (cell.select(1, 0), cell.select(1, 1), cell.select(1, 2));
            var (indices, weights) = (new List<Tensor>(), new List<Tensor>());
            for (var corner = 0; corner < 8; corner++)
            {
                var (dx, dy, dz) = (corner & 1, corner >> 1 & 1, corner >> 2);
                indices.Add(Row(level, y + dy, z + dz) + x + dx + level.Offset);
                weights.Add(Weight(fraction.select(1, 0), dx) * Weight(fraction.select(1, 1), dy) * Weight(fraction.select(1, 2), dz));
            }

            var corners = table.index_select(0, stack(indices, 1).view(-1)).view(-1, 8, 2);
            features.Add((corners * stack(weights, 1).unsqueeze(2)).sum(1));
        }

        return cat(features, 1);
    }

    private static Tensor Weight(Tensor fraction, int upper) => upper == 1 ? fraction : 1 - fraction;

    private static Tensor Row(HashGridLayout.Level level, Tensor y, Tensor z) => level.IsDense
        ? (z * (level.Resolution + 1) + y) * (level.Resolution + 1)
        : ((y * (long)HashGridLayout.PrimeY).bitwise_xor(z * (long)HashGridLayout.PrimeZ)).bitwise_and(tensor((long)level.Mask));
}
