namespace DreamTime.Training;

/// <summary>Rendered images and their captions.</summary>
/// <param name="Size">Height and width in pixels.</param>
/// <param name="Images">Display values in 0..1, [count, 3, size, size].</param>
/// <param name="Captions">One text an image.</param>
public sealed record CaptionedBatch(int Size, float[] Images, string[] Captions)
{
    /// <summary>Renders the scenes first, first + 1, … of a data set, in parallel.</summary>
    /// <param name="seed">Names the data set.</param>
    /// <param name="first">Index of the first scene.</param>
    /// <param name="count">How many.</param>
    /// <param name="size">Height and width in pixels.</param>
    /// <param name="workers">Most threads to use.</param>
    /// <param name="cancellation">Stops between images.</param>
    public static CaptionedBatch Render(long seed, long first, int count, int size, int workers = 2, CancellationToken cancellation = default)
    {
        var values = 3 * size * size;
        var images = new float[count * values];
        var captions = new string[count];
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = cancellation }, i =>
        {
            var scene = SceneSampler.At(seed, first + i);
            SceneRenderer.Render(scene, size, images.AsSpan(i * values, values));
            captions[i] = scene.Caption;
        });
        return new(size, images, captions);
    }
}
