using System.Numerics;
using DreamTime.Renderers;
using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime.Benchmarks;

/// <summary>
/// A DMTet's step in tensor operations with autograd, from the marching tetrahedra's vertices to the colours. Which triangle a pixel shows is given to it, and silhouettes are left out:
/// tensor operations have nothing for either, so the comparison flatters them.
/// </summary>
internal sealed class TensorDmtet
{
    private readonly HashGridLayout _grid;
    private readonly float _radius, _largestMove;
    private readonly Tensor _rest, _inside, _outside, _corners, _origin, _rays, _gradient, _distance, _move, _table;
    private readonly Tensor[] _weights;
    private readonly optim.Optimizer _adam;

    /// <param name="renderer">Its parameters are copied.</param>
    /// <param name="visible">What the pixels show.</param>
    /// <param name="camera">From where.</param>
    /// <param name="gradient">dL/dColor, [3, height, width].</param>
    public TensorDmtet(DmtetRenderer renderer, VisibleSurface visible, Camera camera, float[] gradient)
    {
        var (surface, plane) = (visible.Projected.Surface, visible.Height * visible.Width);
        Pixels = [.. Enumerable.Range(0, plane).Where(pixel => visible.Triangle[pixel] != VisibleSurface.None)];
        (_grid, _radius, _largestMove) = (renderer.Material.Grid, renderer.Radius, MarchingTetrahedra.LargestMove * renderer.Grid.Spacing);
        _rest = Rows(Enumerable.Range(0, renderer.Grid.Vertices).Select(renderer.Grid.Position));
        (_inside, _outside) = (Indices(surface.Inside), Indices(surface.Outside));
        _corners = stack([.. Enumerable.Range(0, 3).Select(corner => Indices(Pixels.Select(pixel => surface.Triangles[3 * visible.Triangle[pixel] + corner])))], 0);
        _origin = Rows([camera.Position]);
        _rays = Rows(Pixels.Select(pixel => camera.RayDirection(pixel % visible.Width + 0.5f, pixel / visible.Width + 0.5f, visible.Width, visible.Height)));
        _gradient = tensor(gradient).view(3, -1).index_select(1, Indices(Pixels)).t().contiguous();
        (_distance, _move) = (nn.Parameter(tensor(renderer.Distance.Values)), nn.Parameter(tensor(renderer.Move.Values).view(-1, 3)));
        _table = nn.Parameter(tensor(renderer.Material.Table.Values).view(-1, 2));
        _weights = [.. renderer.Material.Network.Layers.Select(layer => nn.Parameter(
            tensor(renderer.Material.Weights.Values.AsSpan(layer.Offset, layer.Outputs * layer.Inputs).ToArray()).view(layer.Outputs, layer.Inputs)))];
        _adam = optim.Adam([.. _weights.Append(_table).Append(_distance).Append(_move).Cast<TorchSharp.Modules.Parameter>()], lr: 0, beta1: 0.9, beta2: 0.99, eps: 1e-15);
    }

    /// <summary>The pixels that show the surface.</summary>
    public int[] Pixels { get; }

    public void Step()
    {
        using var scope = NewDisposeScope();
        _adam.zero_grad();
        Render().backward([_gradient]);
        _adam.step();
    }

    /// <summary>Throws where the gradients differ from the renderer's by more than rounding.</summary>
    public void Check(DmtetRenderer renderer)
    {
        using var scope = NewDisposeScope();
        Render().backward([_gradient]);
        Require("hash grid", tensor(renderer.Material.Table.Gradient), _table.grad!.view(-1));
        Require("distances", tensor(renderer.Distance.Gradient), _distance.grad!);
        Require("moves", tensor(renderer.Move.Gradient), _move.grad!.view(-1));
    }

    /// <summary>By length, not entry by entry: a place that rounds into the next cell of the hash grid has other slopes there, some fifty of 113,000 places on eight levels.</summary>
    private static void Require(string what, Tensor expected, Tensor actual)
    {
        var difference = ((expected - actual).norm() / expected.norm()).ToDouble();
        Console.WriteLine(FormattableString.Invariant($"// difference of the gradient of the {what}, relative to its length: {difference:E1}"));
        if (!(difference < 0.1))
            throw new InvalidOperationException($"The gradient of the {what} in tensor operations is not the kernels'.");
    }

    private Tensor Render()
    {
        var moved = _rest + _largestMove * _move.tanh();
        var (inside, outside) = (_distance.index_select(0, _inside), _distance.index_select(0, _outside));
        var share = (inside / (inside - outside)).unsqueeze(1);
        var vertices = moved.index_select(0, _inside) * (1 - share) + moved.index_select(0, _outside) * share;

        Tensor Corner(int corner) => vertices.index_select(0, _corners[corner]);
        var (a, b, c) = (Corner(0), Corner(1), Corner(2));
        var normal = linalg.cross(b - a, c - a);
        var distance = (normal * (a - _origin)).sum(1) / (normal * _rays).sum(1);
        var output = TensorNerf.Encode(_grid, _table, (_origin + distance.unsqueeze(1) * _rays) * (0.5f / _radius) + 0.5f);
        for (var layer = 0; layer < _weights.Length; layer++)
            output = (layer > 0 ? output.relu() : output).matmul(_weights[layer].t());
        return output.narrow(1, 0, 3).sigmoid();
    }

    private static Tensor Rows(IEnumerable<Vector3> vectors) => tensor([.. vectors.SelectMany(v => (float[])[v.X, v.Y, v.Z])]).view(-1, 3);

    private static Tensor Indices(IEnumerable<int> indices) => tensor([.. indices.Select(i => (long)i)]);
}
