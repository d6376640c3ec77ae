namespace DreamTime.Renderers;

/// <summary>A texture has too few texels to keep the pieces of a surface apart.</summary>
/// <param name="pieces">How many there are.</param>
/// <param name="size">The texture's width and height.</param>
public sealed class AtlasTooSmallException(int pieces, int size)
    : InvalidOperationException($"A texture of {size} x {size} texels cannot keep {pieces} pieces apart; a larger texture, or fewer triangles, would.");
