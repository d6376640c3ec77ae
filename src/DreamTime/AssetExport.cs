using DreamTime.Renderers;

namespace DreamTime;

/// <summary>Saves what has formed, or says why that is less than was asked for: a long run does not end in an error because its object has no surface.</summary>
internal static class AssetExport
{
    /// <summary>The name of an asset's file within a run's folder.</summary>
    public static string FileName(AssetFormat format) => $"model.{format.ToString().ToLowerInvariant()}";

    /// <summary>Every file that an asset may leave in a run's folder.</summary>
    public static IEnumerable<string> FileNames => Enum.GetValues<AssetFormat>().Select(FileName).Concat([.. Obj.TextureEndings.Select(ending => $"model{ending}"), "model.mtl"]);

    /// <summary>Makes an asset and throws it away, to see how long that takes.</summary>
    public static void Measure(Func<AssetOptions, Asset> extract, AssetOptions options)
    {
        try
        {
            extract(options);
        }
        catch (Exception e) when (e is NoSurfaceException or AtlasTooSmallException)
        {
            // What saving says of it, it will say in time.
        }
    }

    /// <summary>Extracts and saves.</summary>
    /// <param name="extract">Makes the asset.</param>
    /// <param name="options">What is asked for.</param>
    /// <param name="file">Where to.</param>
    /// <param name="name">What the object is called.</param>
    /// <returns>The file, or null; and what there is to say about it, or null.</returns>
    public static (string? Model, string? Warning) Save(Func<AssetOptions, Asset> extract, AssetOptions options, string file, string name)
    {
        try
        {
            extract(options).Save(file, name);
            return (file, null);
        }
        catch (NoSurfaceException empty)
        {
            return (null, empty.Message);
        }
        catch (AtlasTooSmallException small)
        {
            extract(options with { TextureSize = null }).Save(file, name);
            return (file, $"{small.Message} The asset is coloured at its vertices instead.");
        }
    }
}
