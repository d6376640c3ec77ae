namespace DreamTime.Renderers.Cuda;

/// <summary>The kernels of a NeRF, by the files in <c>Kernels/</c> that define them.</summary>
internal static class NerfKernels
{
    /// <summary>The most inputs of the network that its kernels take.</summary>
    public const int MaxInputs = 32;

    /// <summary>Threads that composite a ray.</summary>
    public const int LanesPerRay = 8;

    public static readonly Kernel March = new("march", "march", 256);
    public static readonly Kernel UnboundedStretch = new("unbounded", "unbounded_stretch", 256);
    public static readonly Kernel UnboundedProbes = new("unbounded", "unbounded_probes", 256);
    public static readonly Kernel UnboundedGradients = new("unbounded", "unbounded_gradients", 256);
    public static readonly Kernel PrefixSum = new("march", "prefix_sum", 1024);
    public static readonly Kernel EncodeForward = new("encode", "encode_forward", 256);
    public static readonly Kernel EncodeBackward = new("encode", "encode_backward", 256);
    public static readonly Kernel EncodeSlope = new("encode", "encode_slope", 256);
    public static readonly Kernel MlpPad = new("mlp", "mlp_pad", 256);
    public static readonly Kernel MlpWeightGradient = new("mlp", "mlp_weight_gradient", 256);
    public static readonly Kernel MlpFragments = new("mlp_tensor", "mlp_fragments", 256);
    public static readonly Kernel CompositeForward = new("composite", "composite_forward", 256);
    public static readonly Kernel CompositeBackward = new("composite", "composite_backward", 256);
    public static readonly Kernel CompositeBackwardWithLosses = new("composite", "composite_backward_with_losses", 256);
    public static readonly Kernel CountAbove = new("composite", "count_above", 256);
    public static readonly Kernel Adam = new("adam", "adam", 256);
    public static readonly Kernel SquaredNorm = new("adam", "squared_norm", 256);
    public static readonly Kernel OccupancyProbe = new("occupancy", "occupancy_probe", 256);
    public static readonly Kernel OccupancyUpdate = new("occupancy", "occupancy_update", 256);
    public static readonly Kernel OccupancyRefresh = new("occupancy", "occupancy_refresh", 256);

    public static readonly Kernel SurfaceTaps = new("surface", "surface_taps", 256);
    public static readonly Kernel SurfaceSlopes = new("surface", "surface_slopes", 256);
    public static readonly Kernel SurfaceShade = new("surface", "surface_shade", 256);
    public static readonly Kernel SurfaceNormals = new("surface", "surface_normals", 256);
    public static readonly Kernel SurfaceWeightGradient = new("surface", "surface_weight_gradient", 256);
    public static readonly Kernel SurfaceBackward = new("surface", "surface_backward", 256);
    public static readonly Kernel SurfaceTapsBackward = new("surface", "surface_taps_backward", 256);

    public static readonly Kernel SlopeWorld = new("slope", "slope_world", 256);
    public static readonly Kernel SlopeAlong = new("slope", "slope_along", 256);
    public static readonly Kernel SlopeGridBackward = new("slope", "slope_grid_backward", 256);

    /// <summary>The width that a network's layers are padded to: there are kernels for these.</summary>
    public static int PaddedWidth(int width) => width <= 32 ? 32 : width <= 64 ? 64 : 128;

    public static Kernel MlpForward(int padded) => new("mlp", $"mlp_forward_{padded}", 64);

    public static Kernel MlpBackward(int padded) => new("mlp", $"mlp_backward_{padded}", 64);

    public static Kernel MlpSlope(int padded) => new("mlp_slope", $"mlp_slope_{padded}", 64);

    public static Kernel MlpTangent(int padded) => new("mlp_slope", $"mlp_tangent_{padded}", 64);

    /// <summary>Whether there are kernels on tensor cores for a network of this shape.</summary>
    public static bool FitTensorCores(int width, int hiddenLayers) => width is 32 or 64 && hiddenLayers is 1 or 2;

    public static Kernel MlpTensorForward(int width, int hiddenLayers) => new("mlp_tensor", $"mlp_tensor_forward_{width}_{hiddenLayers}", 128);

    public static Kernel MlpTensorBackward(int width, int hiddenLayers) => new("mlp_tensor", $"mlp_tensor_backward_{width}_{hiddenLayers}", 128);
}
