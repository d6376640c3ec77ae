using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// DMTet on the CPU (Shen et al. 2021): a signed distance on a tetrahedral grid whose vertices move a little, its surface as triangles, rasterised with smooth silhouettes
/// that carry gradients, and a material in a hash grid. What is rendered is the mesh that is exported. With the same options, seed and calls it gives the same numbers on
/// one machine, whatever the number of threads.
/// </summary>
public sealed partial class DmtetRenderer : IRenderer, IMaterialField, ISolidStart, IRegularizedSurface
{
    private const int EvaluationPoints = 1 << 16;

    private readonly ParallelOptions _parallel;
    private readonly MarchingTetrahedra _marching;
    private readonly SurfaceShading _shading;
    private readonly SurfacePoints _training, _evaluation;
    private readonly MaterialPoints _probes;
    private TetrahedralSurface? _surface;
    private Vector3[]? _normals;
    private Rendered? _rendered;

    /// <summary>An ellipsoid of no particular colour.</summary>
    /// <param name="options">Shape and training.</param>
    /// <param name="seed">Of the material's initial values.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public DmtetRenderer(DmtetOptions options, long seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Options = options;
        _parallel = options.Field.Parallelism;
        Grid = new TetrahedralGrid(options.Resolution, options.Field.Radius);
        _marching = new MarchingTetrahedra(Grid, _parallel);
        _shading = options.Light is { } light ? new PbrShading(light) : new AlbedoShading();
        Material = new MaterialField(options.Field, _shading.Channels, seed, _parallel);
        (_training, _evaluation) = (new SurfacePoints(Material, _shading, _parallel), new SurfacePoints(Material, _shading, _parallel));
        _probes = new MaterialPoints(Material.Channels);
        (Distance, Move) = (new Parameters(Grid.Vertices), new Parameters(3 * Grid.Vertices));
        SetDistance(position => Smallest(options.InitialRadii) * ((position / options.InitialRadii).Length() - 1));
    }

    /// <summary>
    /// The object that another field holds, as triangles with its colours: where a NeRF or a NeuS is refined. Cavities are filled and floaters removed.
    /// </summary>
    /// <param name="field">The object.</param>
    /// <param name="options">Shape and training; its radius becomes the field's, its initial ellipsoid is not used.</param>
    /// <param name="seed">Of the material's initial values and its fit.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="NoSurfaceException">The field has no surface, or one too small for the grid.</exception>
    /// <exception cref="ArgumentException">The field answers with a value that is not finite.</exception>
    public static DmtetRenderer From(IDensityField field, DmtetOptions options, long seed)
    {
        ArgumentNullException.ThrowIfNull(field);
        ArgumentNullException.ThrowIfNull(options);
        var renderer = new DmtetRenderer(options with { Field = options.Field with { Radius = field.Radius } }, seed);
        DmtetConversion.SetDistance(renderer, field);
        DmtetConversion.FitColors(renderer, field, seed);
        return renderer;
    }

    /// <summary>Shape and training.</summary>
    public DmtetOptions Options { get; }

    /// <summary>Added to the loss in every <see cref="Backward"/>; may change from step to step.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A weight is negative or not finite.</exception>
    public DmtetRegularizers Regularizers
    {
        get;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            value.Validate();
            field = value;
        }
    } = DmtetRegularizers.None;

    DmtetRegularizers IRegularizedSurface.SurfaceRegularizers
    {
        get => Regularizers;
        set => Regularizers = value;
    }

    /// <summary>Optimiser steps taken.</summary>
    public int Steps { get; private set; }

    /// <summary>Triangles of the surface as it is now; 0 where nothing, or everything, is inside.</summary>
    public int TriangleCount => Current().TriangleCount;

    /// <inheritdoc/>
    public bool HasNormals => true;

    /// <inheritdoc/>
    public float Radius => Options.Field.Radius;

    internal TetrahedralGrid Grid { get; }

    internal MaterialField Material { get; }

    internal Parameters Distance { get; }

    internal Parameters Move { get; }

    /// <summary>Takes the solid's signed distance over as it is, at every vertex of the grid: no fit, so the number of steps does not matter.</summary>
    /// <inheritdoc cref="ISolidStart.StartAs"/>
    public void StartAs(SignedShape shape, int steps = 400)
    {
        RendererContract.CheckStart(shape, steps, Steps);
        SetDistance(shape.Distance);
    }

    /// <inheritdoc/>
    public Images Render(IReadOnlyList<Camera> cameras, int height, int width, RenderSettings settings)
    {
        RendererContract.CheckRender(cameras, settings);

        var wide = ImageMargin.Around(cameras.Count, height, width, settings.Normals);
        var usesNormals = _shading.UsesNormals || settings.Normals || settings.IsLit;
        var (surface, normals) = (Current(), usesNormals ? Normals() : []);
        var views = cameras.Select((camera, i) => new DmtetView(
            surface, normals, camera, settings.BackgroundOf(i, cameras.Count), settings.ShadingOf(i, cameras.Count), wide, i, _parallel)).ToArray();
        var pixels = views.SelectMany(view => view.Covered());
        if (settings.Training)
            _training.Forward([.. pixels]);
        else
            foreach (var chunk in pixels.Chunk(EvaluationPoints))
                _evaluation.Forward(chunk);
        foreach (var view in views)
            view.Antialias(_parallel);
        var images = ImageMargin.Cut(wide);
        if (settings.Training)
            _rendered = new Rendered(views, images, usesNormals);
        return images;
    }

    /// <inheritdoc/>
    public void Backward(ImageGradients gradients)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        var (views, images, usesNormals) = _rendered ?? throw RendererContract.NothingRendered();
        gradients.Validate(images);
        _rendered = null;

        var surface = Current();
        if (surface.TriangleCount == 0)
            return;

        var ofVertices = new Vector3[surface.Positions.Length];
        var ofNormals = usesNormals || Regularizers.NormalConsistency > 0 ? new Vector3[ofVertices.Length] : [];
        var planes = Array.ConvertAll(views, view => view.Backward(gradients, images, ofVertices));
        _training.Backward(view => planes[view.Index], ofVertices, usesNormals ? ofNormals : []);

        if (Regularizers.NormalConsistency > 0)
            SurfaceLosses.NormalConsistency(surface, Normals(), Regularizers.NormalConsistency, ofNormals);
        if (ofNormals.Length > 0)
            SurfaceNormals.Backward(surface, ofNormals, ofVertices);
        if (Regularizers.Laplacian > 0)
            SurfaceLosses.Laplacian(surface, Grid.Spacing, Regularizers.Laplacian, ofVertices);
        if (Regularizers.SignConsistency > 0)
            SurfaceLosses.SignConsistency(surface, Distance.Values, Grid.Spacing, Regularizers.SignConsistency, Distance.Gradient);
        _marching.Backward(surface, Distance.Values, Move.Values, ofVertices, Distance.Gradient, Move.Gradient);
    }

    /// <inheritdoc/>
    public double Step(float learningRateScale = 1)
    {
        RendererContract.CheckStep(learningRateScale);
        var norm = Math.Sqrt(
            SquaredNorm(Distance, "distances") + SquaredNorm(Move, "lattice's moves") + SquaredNorm(Material.Table, "hash grid") + SquaredNorm(Material.Weights, "network"));
        Steps++;
        Distance.Step(Steps, Options.DistanceLearningRate * Grid.Spacing * learningRateScale, _parallel);
        Move.Step(Steps, Options.MoveLearningRate * learningRateScale, _parallel);
        Material.Table.Step(Steps, Options.Field.GridLearningRate * learningRateScale, _parallel);
        Material.Weights.Step(Steps, Options.Field.NetworkLearningRate * learningRateScale, _parallel);
        Forget();
        return norm;
    }

    /// <inheritdoc/>
    public void WriteState(Stream stream) => NerfState.Write(stream, Options.Field, Steps, [.. Arrays()]);

    /// <inheritdoc/>
    public void ReadState(Stream stream)
    {
        Steps = NerfState.Read(stream, Options.Field, [.. Arrays()]);
        Forget();
    }

    /// <summary>Gives every lattice vertex a signed distance, negative inside.</summary>
    internal void SetDistance(Func<Vector3, float> distance)
    {
        Parallel.For(0, Grid.Vertices, _parallel, v => Distance.Values[v] = distance(Grid.Position(v)));
        Forget();
    }

    /// <summary>One step of the material alone towards given colours at given places; its optimiser starts anew with step 1.</summary>
    internal void FitMaterial(ReadOnlySpan<Vector3> places, ReadOnlySpan<Vector3> colors, MaterialPoints points, int step, float learningRateScale)
    {
        Material.Place(places, points);
        Material.Evaluate(points);
        for (var i = 0; i < places.Length; i++)
            for (var channel = 0; channel < points.Values.Length; channel++)
                points.Values[channel][i] = channel < 3 ? (points.Values[channel][i] - colors[i][channel]) / places.Length : 0;
        Material.Backward(points);
        Material.Table.Step(step, Options.Field.GridLearningRate * learningRateScale, _parallel);
        Material.Weights.Step(step, Options.Field.NetworkLearningRate * learningRateScale, _parallel);
    }

    /// <summary>The surface as it is now.</summary>
    internal TetrahedralSurface Current() => _surface ??= _marching.March(Distance.Values, Move.Values);

    /// <summary>After a change of the parameters: neither the surface nor a render is of these any more.</summary>
    internal void Forget() => (_surface, _normals, _rendered) = (null, null, null);

    private Vector3[] Normals() => _normals ??= SurfaceNormals.Of(Current(), _parallel);

    private IEnumerable<float[]> Arrays()
    {
        foreach (var parameters in (Parameters[])[Distance, Move, Material.Table, Material.Weights])
            foreach (var array in parameters.Arrays)
                yield return array;
    }

    private double SquaredNorm(Parameters parameters, string what) => RendererContract.Finite(Adam.SquaredNorm(parameters.Gradient, _parallel), what, Steps);

    private static float Smallest(Vector3 v) => MathF.Min(v.X, MathF.Min(v.Y, v.Z));

    private sealed record Rendered(DmtetView[] Views, Images Images, bool UsesNormals);
}
