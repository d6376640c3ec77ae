using System.Numerics;
using DreamTime.Renderers;

namespace DreamTime.Training;

/// <summary>Random scenes with captions: each a pure function of (seed, index).</summary>
public static class SceneSampler
{
    private const float EmptyShare = 0.1f;
    private const float AnglesShare = 0.6f;
    private const float WordShare = 0.2f;
    private const float PhotoShare = 0.05f;
    private const float ModelShare = 0.05f;
    private const float ElevationOfOverhead = 60;

    /// <summary>To the left of the object's front, and above it.</summary>
    private static readonly Interval LightAzimuth = new(20, 60), LightElevation = new(35, 65);

    /// <summary>Where the cameras of the training set stand.</summary>
    public static CameraRanges Cameras { get; } = new();

    /// <summary>The scene of an index.</summary>
    /// <param name="seed">Names the data set; the validation set has another one.</param>
    /// <param name="index">Which scene, from 0.</param>
    public static Scene At(long seed, long index)
    {
        var random = new RandomStream(seed, index);
        var subject = Subject.Draw(random);
        var azimuth = random.Range(Cameras.Azimuth.From, Cameras.Azimuth.To);
        var elevation = random.Range(Cameras.Elevation.From, MathF.Min(Cameras.Elevation.To, ElevationOfOverhead));
        var camera = Camera.Orbit(azimuth, elevation, random.Range(Cameras.Distance.From, Cameras.Distance.To), Cameras.FovY.From);
        var caption = random.Chance(EmptyShare) ? "" : Caption(random, subject.Phrase, azimuth, elevation);
        // The light stands by the object, not by the camera: a face then has one shade from wherever it is seen, so that views do not contradict each other.
        var light = Camera.Orbit(random.Range(LightAzimuth.From, LightAzimuth.To), random.Range(LightElevation.From, LightElevation.To), 1, 45).Back;
        return new(
            caption, subject.Shape, subject.Main, subject.Accent, camera, light, random.Range(0.45f, 0.6f),
            Background(random, subject.Main, subject.Accent));
    }

    private static string Caption(RandomStream random, string phrase, float azimuth, float elevation)
    {
        var kind = random.Uniform();
        var opening = kind < PhotoShare ? "a photo of " : kind < PhotoShare + ModelShare ? "a 3d model of " : "";
        var text = opening + phrase;
        return random.Uniform() switch
        {
            < AnglesShare => ViewAngles.Describe(text, azimuth, elevation),
            < AnglesShare + WordShare => ViewWord.Describe(text, ViewWord.Of(azimuth, elevation)),
            _ => text,
        };
    }

    /// <summary>A plain background that differs from both colours, lit or in the shade.</summary>
    private static Vector3 Background(RandomStream random, Vector3 main, Vector3 accent)
    {
        var best = (Contrast: -1f, Color: Vector3.Zero);
        for (var attempt = 0; attempt < 8; attempt++)
        {
            var color = AnyBackground(random);
            var contrast = MathF.Min(Contrast(color, main), Contrast(color, accent));
            if (contrast > 0.25f)
                return color;
            if (contrast > best.Contrast)
                best = (contrast, color);
        }
        return best.Color;
    }

    private static float Contrast(Vector3 background, Vector3 color) =>
        MathF.Min(Vector3.Distance(background, color), MathF.Min(Vector3.Distance(background, 0.8f * color), Vector3.Distance(background, 0.6f * color)));

    private static Vector3 AnyBackground(RandomStream random)
    {
        var kind = random.Uniform();
        if (kind < 0.1f)
            return Vector3.One;
        if (kind < 0.15f)
            return new(random.Range(0, 0.08f));
        if (kind < 0.6f)
            return new Vector3(random.Range(0.2f, 0.85f)) + 0.03f * random.Cube();
        var hue = new Vector3(random.Uniform(), random.Uniform(), random.Uniform());
        return Vector3.Lerp(hue, Vector3.One, random.Range(0, 0.7f));
    }
}
