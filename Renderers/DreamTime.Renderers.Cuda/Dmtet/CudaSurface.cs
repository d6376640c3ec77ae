namespace DreamTime.Renderers.Cuda;

/// <summary>The triangles of a signed distance on a tetrahedral grid, on a device, in the order of the CPU's <see cref="MarchingTetrahedra"/>.</summary>
internal sealed class CudaSurface : IDisposable
{
    private readonly IKernelDevice _device;
    private readonly CudaScan _scan;
    private readonly int _cells;
    private readonly DeviceArray<byte> _inside;
    private readonly DeviceArray<float> _normalSums;
    private readonly DeviceArray<int> _cases, _crossed, _vertexCounts, _triangleCounts, _firstVertex, _firstTriangle;

    public CudaSurface(IKernelDevice device, TetrahedralGrid grid)
    {
        (_device, Grid, _cells) = (device, grid, grid.Corners);
        _scan = new CudaScan(device);
        _inside = new DeviceArray<byte>(device, grid.Vertices);
        (_crossed, _vertexCounts, _triangleCounts) = (new(device, _cells), new(device, _cells), new(device, _cells));
        (_firstVertex, _firstTriangle) = (new(device), new(device));
        _cases = new DeviceArray<int>(device);
        _cases.Upload([.. TetrahedronCases.Triangles.SelectMany(edges => (int[])[edges.Length, .. edges, .. new int[6 - edges.Length]])]);
        (Inside, Outside, Triangles, Around, AroundStarts) = (new(device), new(device), new(device), new(device), new(device));
        (Positions, PositionGradient, NormalGradient, _normalSums) = (new(device), new(device), new(device), new(device));
    }

    public TetrahedralGrid Grid { get; }

    public int VertexCount { get; private set; }

    public int TriangleCount { get; private set; }

    /// <summary>The lattice vertex inside, of each vertex's edge.</summary>
    public DeviceArray<int> Inside { get; }

    public DeviceArray<int> Outside { get; }

    /// <summary>[vertices][3].</summary>
    public DeviceArray<float> Positions { get; }

    /// <summary>[vertices][3].</summary>
    public DeviceArray<float> PositionGradient { get; }

    /// <summary>Of the unit normals at the vertices, [vertices][3]; <see cref="ClearGradients"/> makes room.</summary>
    public DeviceArray<float> NormalGradient { get; }

    /// <summary>[triangles][3].</summary>
    public DeviceArray<int> Triangles { get; }

    /// <summary>Each vertex's triangles, from its start on.</summary>
    public DeviceArray<int> Around { get; }

    public DeviceArray<int> AroundStarts { get; }

    /// <summary>Finds the surface; waits for the numbers of its vertices and triangles.</summary>
    public void March(CudaParameters distance, CudaParameters move)
    {
        var cubes = Grid.Resolution;
        _device.Launch(DmtetKernels.Mark, DmtetKernels.Mark.BlocksFor(Grid.Vertices), distance.Values, cubes, Grid.Vertices, _inside);
        _device.Launch(DmtetKernels.Count, DmtetKernels.Count.BlocksFor(_cells), _inside, cubes, _crossed, _vertexCounts, _triangleCounts);
        _scan.Run(_vertexCounts, _cells, _firstVertex);
        _scan.Run(_triangleCounts, _cells, _firstTriangle);
        (VertexCount, TriangleCount) = (_scan.Total(_firstVertex, _cells), _scan.Total(_firstTriangle, _cells));
        if (TriangleCount == 0)
            return;

        Inside.Reserve(VertexCount);
        Outside.Reserve(VertexCount);
        Positions.Reserve(3L * VertexCount);
        Triangles.Reserve(3L * TriangleCount);
        _device.Launch(DmtetKernels.Vertices, DmtetKernels.Vertices.BlocksFor(_cells), _crossed, _inside, cubes, _firstVertex, Inside, Outside);
        _device.Launch(DmtetKernels.Triangles, DmtetKernels.Triangles.BlocksFor(_cells), _crossed, _inside, cubes, _cases, _firstVertex, _firstTriangle, Triangles);
        _device.Launch(
            DmtetKernels.Positions, DmtetKernels.Positions.BlocksFor(VertexCount),
            Inside, Outside, VertexCount, distance.Values, move.Values, cubes, Grid.Spacing, Grid.Radius, Positions);
        Connect();
    }

    /// <summary>The sums of the area vectors around each vertex, along its normal, [vertices][3].</summary>
    public DeviceArray<float> NormalSums()
    {
        _normalSums.Reserve(Math.Max(1, 3L * VertexCount));
        if (VertexCount > 0)
            _device.Launch(DmtetKernels.NormalSums, DmtetKernels.NormalSums.BlocksFor(VertexCount), Triangles, Positions, AroundStarts, Around, VertexCount, _normalSums);
        return _normalSums;
    }

    /// <summary>Before a backward pass.</summary>
    public void ClearGradients()
    {
        foreach (var gradient in (DeviceArray<float>[])[PositionGradient, NormalGradient])
        {
            gradient.Reserve(3L * VertexCount);
            gradient.Clear();
        }
    }

    /// <summary>Hands <see cref="NormalGradient"/>, which it uses up, on to the positions.</summary>
    public void BackwardNormals()
    {
        _device.Launch(DmtetKernels.NormalLengths, DmtetKernels.NormalLengths.BlocksFor(VertexCount), NormalSums(), VertexCount, NormalGradient);
        _device.Launch(
            DmtetKernels.NormalBackward, DmtetKernels.NormalBackward.BlocksFor(VertexCount),
            Triangles, Positions, AroundStarts, Around, VertexCount, NormalGradient, PositionGradient);
    }

    /// <summary>Hands <see cref="PositionGradient"/> on to distances and moves.</summary>
    public void Backward(CudaParameters distance, CudaParameters move) => _device.Launch(
        DmtetKernels.Backward, DmtetKernels.Backward.BlocksFor(VertexCount),
        Inside, Outside, VertexCount, distance.Values, move.Values, Grid.Resolution, Grid.Spacing, Grid.Radius, PositionGradient, distance.Gradient, move.Gradient);

    public void Dispose()
    {
        foreach (var part in (IDisposable[])[
            _scan, _inside, _cases, _crossed, _vertexCounts, _triangleCounts, _firstVertex, _firstTriangle, Inside, Outside, Positions, PositionGradient, NormalGradient, _normalSums, Triangles, Around,
            AroundStarts])
            part.Dispose();
    }

    private void Connect()
    {

        _vertexCounts.Reserve(VertexCount);
        _vertexCounts.Clear();
        Around.Reserve(3L * TriangleCount);
        var blocks = DmtetKernels.CountAround.BlocksFor(3L * TriangleCount);
        _device.Launch(DmtetKernels.CountAround, blocks, Triangles, TriangleCount, _vertexCounts);
        _scan.Run(_vertexCounts, VertexCount, AroundStarts);
        _device.Launch(DmtetKernels.ListAround, blocks, Triangles, TriangleCount, AroundStarts, _vertexCounts, Around);
    }
}
