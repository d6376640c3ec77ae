using SkiaSharp;

namespace DreamTime.Renderers;

/// <summary>Pictures as files: PNG out; PNG, JPEG or WebP in.</summary>
public static class ImageFile
{
    /// <summary>Writes a picture as an 8-bit sRGB PNG. The same picture gives the same bytes.</summary>
    /// <inheritdoc cref="AtomicFile.Write" path="/exception"/>
    public static void SavePng(string path, Picture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        using var bitmap = ToBitmap(picture);
        SavePng(path, bitmap);
    }

    /// <summary>Writes planes [3, height, width] of display values as an 8-bit sRGB PNG.</summary>
    /// <inheritdoc cref="Picture(ReadOnlySpan{float}, int, int)" path="/exception"/>
    /// <inheritdoc cref="AtomicFile.Write" path="/exception"/>
    public static void SavePng(string path, ReadOnlySpan<float> color, int height, int width) => SavePng(path, new Picture(color, height, width));

    /// <summary>Writes pictures side by side, each under its label.</summary>
    /// <inheritdoc cref="PictureGrid(IReadOnlyList{Picture}, IReadOnlyList{string})" path="/exception"/>
    /// <inheritdoc cref="AtomicFile.Write" path="/exception"/>
    public static void SavePng(string path, PictureGrid grid)
    {
        ArgumentNullException.ThrowIfNull(grid);
        using var bitmap = grid.Draw();
        SavePng(path, bitmap);
    }

    /// <summary>Reads an image file. Transparent pixels are composited on white.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no image that can be read.</exception>
    public static Picture Load(string path)
    {
        var (rgba, height, width) = LoadRgba(path);
        var plane = width * height;
        var color = new float[3 * plane];
        for (var pixel = 0; pixel < plane; pixel++)
        {
            var alpha = rgba[4 * pixel + 3] / 255f;
            for (var channel = 0; channel < 3; channel++)
                color[channel * plane + pixel] = rgba[4 * pixel + channel] / 255f * alpha + (1 - alpha);
        }
        return new Picture(color, height, width);
    }

    /// <summary>Reads an image file with its transparency.</summary>
    /// <returns>[height, width, 4]: red, green, blue, not multiplied by the alpha, and alpha, 0..255 each.</returns>
    /// <inheritdoc cref="Load" path="/exception"/>
    public static (byte[] Rgba, int Height, int Width) LoadRgba(string path)
    {
        using var stream = File.OpenRead(path);
        using var data = SKData.Create(stream);
        return Decode(data) ?? throw new InvalidDataException($"'{path}' is not a complete image in a known format (PNG, JPEG, WebP).");
    }

    /// <summary>Reads an image that lies in memory.</summary>
    /// <exception cref="InvalidDataException">The bytes are no image that can be read.</exception>
    internal static (byte[] Rgba, int Height, int Width) ReadRgba(byte[] bytes)
    {
        using var data = SKData.CreateCopy(bytes);
        return Decode(data) ?? throw new InvalidDataException("a picture in it is not a complete image in a known format (PNG, JPEG, WebP).");
    }

    private static (byte[] Rgba, int Height, int Width)? Decode(SKData? data)
    {
        using var codec = data is null ? null : SKCodec.Create(data);
        using var decoded = codec is null ? null : new SKBitmap(new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        return codec is null || decoded is null || codec.GetPixels(decoded.Info, decoded.GetPixels()) != SKCodecResult.Success
            ? null
            : (decoded.GetPixelSpan().ToArray(), decoded.Height, decoded.Width);
    }

    /// <summary>A picture as the bytes of an 8-bit sRGB PNG. The same picture gives the same bytes.</summary>
    public static byte[] ToPng(Picture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        using var bitmap = ToBitmap(picture);
        using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }

    /// <summary>A bitmap in memory that Skia can encode or draw.</summary>
    internal static SKBitmap ToBitmap(Picture picture)
    {
        var bitmap = new SKBitmap(new SKImageInfo(picture.Width, picture.Height, SKColorType.Rgba8888, SKAlphaType.Opaque, SKColorSpace.CreateSrgb()));
        picture.ToRgba().CopyTo(bitmap.GetPixelSpan());
        return bitmap;
    }

    private static void SavePng(string path, SKBitmap bitmap)
    {
        using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        AtomicFile.Write(path, png.SaveTo);
    }
}
