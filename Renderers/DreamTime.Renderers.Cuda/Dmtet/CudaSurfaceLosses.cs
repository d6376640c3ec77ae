namespace DreamTime.Renderers.Cuda;

/// <summary>The gradients of <see cref="DmtetRegularizers"/> on a device.</summary>
internal sealed class CudaSurfaceLosses(IKernelDevice device) : IDisposable
{
    private readonly DeviceArray<float> _slopes = new(device);

    /// <summary>Adds to the gradients of the surface's positions and normals and of the distances.</summary>
    public void Add(CudaSurface surface, CudaParameters distance, DmtetRegularizers weights)
    {
        var (vertices, spacing) = (surface.VertexCount, surface.Grid.Spacing);
        _slopes.Reserve(3L * vertices);
        var blocks = DmtetKernels.NormalSums.BlocksFor(vertices);
        if (weights.NormalConsistency > 0)
            device.Launch(
                DmtetKernels.NormalConsistency, blocks,
                surface.Triangles, surface.NormalSums(), surface.AroundStarts, surface.Around, vertices, weights.NormalConsistency / (3 * surface.TriangleCount),
                surface.NormalGradient);
        if (weights.Laplacian > 0)
        {
            device.Launch(
                DmtetKernels.Laplacian, blocks,
                surface.Triangles, surface.Positions, surface.AroundStarts, surface.Around, vertices, spacing, weights.Laplacian / vertices, _slopes, surface.PositionGradient);
            device.Launch(DmtetKernels.LaplacianNeighbours, blocks, surface.Triangles, surface.AroundStarts, surface.Around, vertices, _slopes, surface.PositionGradient);
        }

        if (weights.SignConsistency > 0)
            device.Launch(
                DmtetKernels.SignConsistency, blocks,
                surface.Inside, surface.Outside, vertices, distance.Values, spacing, weights.SignConsistency / (vertices * spacing), distance.Gradient);
    }

    public void Dispose() => _slopes.Dispose();
}
