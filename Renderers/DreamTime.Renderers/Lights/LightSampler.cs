using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>Draws how the views of an optimisation step are lit. The kind is drawn once for a step, the light's place for each view.</summary>
/// <param name="options">What is drawn.</param>
/// <param name="seed">Samplers with the same seed and options draw the same.</param>
public sealed class LightSampler(LightOptions options, long seed)
{
    private enum Draw { Kind = 100, Soft, Distance, X0, X1, Y0, Y1, Z0, Z1, Height, Around }

    /// <summary>What is drawn.</summary>
    public LightOptions Options { get; } = options ?? throw new ArgumentNullException(nameof(options));

    /// <summary>The shadings of a step's views: a pure function of the options, the seed and the arguments.</summary>
    /// <param name="step">The optimisation step, from 1.</param>
    /// <param name="steps">How many the run has.</param>
    /// <param name="views">The step's views.</param>
    public Shading[] Sample(int step, int steps, IReadOnlyList<View> views)
    {
        ArgumentNullException.ThrowIfNull(views);
        var isPlain = Options.Mode == ShadingMode.Albedo || step <= Options.AlbedoShare * steps;
        return [.. Enumerable.Range(0, views.Count).Select(view => isPlain ? Shading.Albedo : Sample(step, view, views[view].Camera.Position))];
    }

    private Shading Sample(int step, int view, Vector3 camera)
    {
        var light = Place(step, view, camera);
        var kind = CounterRandom.Uniform(seed, step, -1, (int)Draw.Kind);
        var soft = (float)CounterRandom.Uniform(seed, step, -1, (int)Draw.Soft);
        return Options.Mode switch
        {
            ShadingMode.Diffuse => Shading.Lit(light, Options.Ambient, Options.Diffuse),
            ShadingMode.Textureless => Shading.Textureless(light, Options.Ambient, Options.Diffuse),
            ShadingMode.Soft => Shading.Lit(light, 1 - soft, soft),
            _ => kind < 0.25 ? Shading.Albedo
                : kind < 0.625 ? Shading.Textureless(light, Options.Ambient, Options.Diffuse)
                : Shading.Lit(light, Options.Ambient, Options.Diffuse),
        };
    }

    private Vector3 Place(int step, int view, Vector3 camera)
    {
        double Uniform(Draw what) => CounterRandom.Uniform(seed, step, view, (int)what);

        var distance = Options.Distance.At(Uniform(Draw.Distance));
        if (Options.Placement == LightPlacement.DreamFusion)
        {
            float Normal(Draw first, Draw second) => (float)(Math.Sqrt(-2 * Math.Log(1 - Uniform(first))) * Math.Cos(2 * Math.PI * Uniform(second)));

            return distance * Direction(camera + new Vector3(Normal(Draw.X0, Draw.X1), Normal(Draw.Y0, Draw.Y1), Normal(Draw.Z0, Draw.Z1)));
        }

        // In the camera's own axes, with the way to it for a pole: heights of 30 to 90 degrees.
        var pole = Direction(camera);
        var right = Direction(Vector3.Cross(MathF.Abs(pole.Z) < 0.99f ? Vector3.UnitZ : Vector3.UnitX, pole));
        var height = Math.PI / 6 + Math.PI / 3 * Uniform(Draw.Height);
        var (sin, cos) = Math.SinCos(2 * Math.PI * Uniform(Draw.Around));
        return distance * ((float)Math.Sin(height) * pole + (float)(Math.Cos(height) * cos) * right + (float)(Math.Cos(height) * sin) * Vector3.Cross(pole, right));
    }

    /// <summary>Of length 1; upwards where there is none.</summary>
    private static Vector3 Direction(Vector3 vector) => vector.LengthSquared() > 1e-12f ? Vector3.Normalize(vector) : Vector3.UnitZ;
}
