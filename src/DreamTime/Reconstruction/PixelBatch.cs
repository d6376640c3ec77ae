using System.Numerics;
using DreamTime.Renderers;

namespace DreamTime;

/// <summary>
/// The pixels that one step learns from: small squares at random places of random images. A square's rays lie side by side and share most of what they read;
/// many squares are nearly as varied as single pixels.
/// </summary>
/// <param name="Size">The squares' side in pixels.</param>
/// <param name="Cameras">A camera a square, whose whole image it is.</param>
/// <param name="Backgrounds">What lies behind each square.</param>
/// <param name="Targets">What should be seen, [squares, 3, size, size].</param>
internal sealed record PixelBatch(int Size, Camera[] Cameras, Vector3[] Backgrounds, float[] Targets)
{
    /// <summary>The batch of a step, a pure function of its arguments.</summary>
    /// <param name="dataset">Its training images.</param>
    /// <param name="bounds">What becomes the ball of radius 1 around the origin.</param>
    /// <param name="pixels">About how many.</param>
    /// <param name="largestSize">The squares' side, where the images are as large.</param>
    /// <param name="seed">Names everything random.</param>
    /// <param name="step">The step.</param>
    public static PixelBatch Draw(PosedDataset dataset, SceneBounds bounds, int pixels, int largestSize, long seed, int step)
    {
        var size = Math.Min(largestSize, dataset.Training.Min(image => Math.Min(image.Width, image.Height)));
        var count = Math.Max(1, pixels / (size * size));
        var batch = new PixelBatch(size, new Camera[count], new Vector3[count], new float[count * 3 * size * size]);
        Parallel.For(0, count, square => batch.Fill(square, dataset, bounds, seed, step));
        return batch;
    }

    private void Fill(int square, PosedDataset dataset, SceneBounds bounds, long seed, int step)
    {
        float Uniform(int dimension) => (float)CounterRandom.Uniform(seed, step, square, dimension);

        var image = dataset.Training[(int)(Uniform(0) * dataset.Training.Count)];
        // Squares may begin beyond an edge and are pushed back, or pixels there would come up less often.
        int Begin(float uniform, int length) => Math.Clamp((int)(uniform * (length + Size - 1)) - (Size - 1), 0, length - Size);
        var (left, top) = (Begin(Uniform(1), image.Width), Begin(Uniform(2), image.Height));

        // Behind transparent pixels any colour may stand: only emptiness shows all of them.
        Backgrounds[square] = dataset.HasTransparency ? new Vector3(Uniform(3), Uniform(4), Uniform(5)) : Vector3.One;
        Cameras[square] = bounds.ToBall(image.Camera).Crop(left, top, (Size, Size), image.Width, image.Height);
        var (plane, first) = (Size * Size, square * 3 * Size * Size);
        for (var pixel = 0; pixel < plane; pixel++)
        {
            var color = image.At(left + pixel % Size, top + pixel / Size, Backgrounds[square]);
            (Targets[first + pixel], Targets[first + plane + pixel], Targets[first + 2 * plane + pixel]) = (color.X, color.Y, color.Z);
        }
    }

    /// <summary>The mean squared error of what was rendered, and its gradient.</summary>
    public (double Loss, float[] Gradient) SquaredError(float[] rendered)
    {
        var (sum, gradient) = (0.0, new float[rendered.Length]);
        for (var i = 0; i < rendered.Length; i++)
        {
            var difference = rendered[i] - Targets[i];
            sum += (double)difference * difference;
            gradient[i] = 2 * difference / rendered.Length;
        }
        return (sum / rendered.Length, gradient);
    }
}
