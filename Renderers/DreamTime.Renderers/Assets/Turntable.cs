using System.Runtime.InteropServices;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing.Processors.Quantization;

namespace DreamTime.Renderers;

/// <summary>An animation that turns around the object, as a GIF that loops forever.</summary>
public static class Turntable
{
    /// <summary>Writes the frames in order. They share one palette, chosen from all of them, so that colours do not flicker. The same frames give the same bytes.</summary>
    /// <param name="path">The GIF file.</param>
    /// <param name="frames">At least one, all of the same size.</param>
    /// <param name="framesPerSecond">1..50; GIF counts hundredths of a second a frame, so the rate is that of the nearest whole number of them.</param>
    /// <exception cref="ArgumentException">There is no frame, or sizes differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The rate is outside 1..50.</exception>
    /// <inheritdoc cref="AtomicFile.Write" path="/exception"/>
    public static void Save(string path, IReadOnlyList<Picture> frames, int framesPerSecond = 20)
    {
        if (frames.Count == 0)
            throw new ArgumentException("A turntable has at least one frame.", nameof(frames));
        if (frames.FirstOrDefault(frame => (frame.Height, frame.Width) != (frames[0].Height, frames[0].Width)) is { } other)
            throw new ArgumentException(
                $"A turntable's frames have one size; one of {other.Width} x {other.Height} follows one of {frames[0].Width} x {frames[0].Height}.", nameof(frames));
        if (framesPerSecond is < 1 or > 50)
            throw new ArgumentOutOfRangeException(nameof(framesPerSecond), framesPerSecond, "A GIF plays 1..50 frames a second.");

        // One thread: the quantiser's cache is filled in the order of arrival, and with it the choice between two near colours.
        var configuration = new Configuration { MaxDegreeOfParallelism = 1 };
        using var animation = new Image<Rgba32>(configuration, frames[0].Width, frames[0].Height);
        foreach (var frame in frames)
            animation.Frames.AddFrame(Pixels(frame));
        animation.Frames.RemoveFrame(0);

        animation.Metadata.GetGifMetadata().RepeatCount = 0;
        foreach (var frame in animation.Frames)
            frame.Metadata.GetGifMetadata().FrameDelay = (int)Math.Round(100.0 / framesPerSecond);

        var encoder = new GifEncoder { ColorTableMode = GifColorTableMode.Global, Quantizer = Palette(configuration, frames) };
        AtomicFile.Write(path, stream => animation.SaveAsGif(stream, encoder));
    }

    /// <summary>The 256 colours that serve all frames best, found on one tall image of them (Wu 1991). No dithering: its noise would move between frames.</summary>
    private static PaletteQuantizer Palette(Configuration configuration, IReadOnlyList<Picture> frames)
    {
        var options = new QuantizerOptions { Dither = null };
        using var all = Image.LoadPixelData<Rgba32>(configuration, [.. frames.SelectMany(frame => Pixels(frame).ToArray())], frames[0].Width, frames[0].Height * frames.Count);
        using var quantizer = new WuQuantizer(options).CreatePixelSpecificQuantizer<Rgba32>(configuration);
        using var indexed = quantizer.BuildPaletteAndQuantizeFrame(all.Frames.RootFrame, all.Bounds());
        return new PaletteQuantizer(indexed.Palette.ToArray().Select(color => new Color(color)).ToArray(), options);
    }

    private static ReadOnlySpan<Rgba32> Pixels(Picture frame) => MemoryMarshal.Cast<byte, Rgba32>(frame.ToRgba());
}
