namespace DreamTime.Renderers;

/// <summary>What every renderer refuses, in the same words.</summary>
internal static class RendererContract
{
    /// <summary>Of <see cref="IRenderer.Render"/>.</summary>
    public static void CheckRender(IReadOnlyList<Camera> cameras, RenderSettings settings)
    {
        ArgumentNullException.ThrowIfNull(cameras);
        ArgumentNullException.ThrowIfNull(settings);
        if (cameras.Count == 0)
            throw new ArgumentException("There is no camera to render from.", nameof(cameras));
    }

    /// <summary>Of <see cref="IRenderer.Backward"/>.</summary>
    public static InvalidOperationException NothingRendered() => new("Backward follows a Render with RenderSettings.Training, once.");

    /// <summary>Of <see cref="IRenderer.Step"/>.</summary>
    public static void CheckStep(float learningRateScale)
    {
        if (!(learningRateScale >= 0 && float.IsFinite(learningRateScale)))
            throw new ArgumentOutOfRangeException(nameof(learningRateScale), learningRateScale, "A learning rate's scale is finite and at least 0.");
    }

    /// <summary>The sum of squares of a gradient, which is finite or named.</summary>
    public static double Finite(double squaredNorm, string what, int steps) => double.IsFinite(squaredNorm)
        ? squaredNorm
        : throw new NotFiniteNumberException($"The gradient of the {what} is not finite after step {steps}.", squaredNorm);

    /// <summary>Of <see cref="ISolidStart.StartAs"/>.</summary>
    /// <param name="shape">The solid.</param>
    /// <param name="steps">Of the fit.</param>
    /// <param name="taken">Steps of the optimiser before it.</param>
    public static void CheckStart(SignedShape shape, int steps, int taken)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        if (taken > 0)
            throw new InvalidOperationException($"A field starts as a solid before its first step; {taken} were taken.");
    }

    /// <summary>Of <see cref="IDensityField.Query"/>: the lengths of its spans.</summary>
    public static void CheckQuery(int positions, int density, int color)
    {
        if (density != positions)
            throw new ArgumentException($"There are {positions} positions and room for {density} densities.", nameof(density));
        if (color != positions && color != 0)
            throw new ArgumentException($"There are {positions} positions and room for {color} colours.", nameof(color));
    }
}
