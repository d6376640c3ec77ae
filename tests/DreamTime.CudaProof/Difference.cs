namespace DreamTime.CudaProof;

/// <summary>How far numbers are from what they should be.</summary>
internal static class Difference
{
    /// <summary>The largest difference over the largest expected value; infinite where a number is not finite or there are not as many.</summary>
    public static double Of(ReadOnlySpan<float> found, ReadOnlySpan<double> expected)
    {
        if (found.Length != expected.Length)
            return double.PositiveInfinity;
        var (worst, scale) = (0.0, 0.0);
        for (var i = 0; i < found.Length; i++)
        {
            if (!float.IsFinite(found[i]))
                return double.PositiveInfinity;
            worst = Math.Max(worst, Math.Abs(found[i] - expected[i]));
            scale = Math.Max(scale, Math.Abs(expected[i]));
        }

        return worst / Math.Max(scale, double.Epsilon);
    }

    /// <summary>The same against numbers in single precision.</summary>
    public static double Of(ReadOnlySpan<float> found, float[] expected) => Of(found, Array.ConvertAll(expected, x => (double)x));

    /// <summary>The length of the difference over the length of what is expected: what a ReLU's kink between two roundings changes for one sample hardly counts.</summary>
    public static double OfAll(ReadOnlySpan<float> found, float[] expected)
    {
        var (difference, length) = (0.0, 0.0);
        for (var i = 0; i < found.Length; i++)
        {
            difference += ((double)found[i] - expected[i]) * ((double)found[i] - expected[i]);
            length += (double)expected[i] * expected[i];
        }

        return double.IsFinite(difference) ? Math.Sqrt(difference / Math.Max(length, double.Epsilon)) : double.PositiveInfinity;
    }

    /// <summary>As <see cref="Of(ReadOnlySpan{float}, float[])"/>, but for the worst ten-thousandth of the numbers: a ReLU's kink can fall between two roundings.</summary>
    public static double OfMost(ReadOnlySpan<float> found, float[] expected)
    {
        var differences = new double[found.Length];
        var scale = 0.0;
        for (var i = 0; i < found.Length; i++)
        {
            if (!float.IsFinite(found[i]))
                return double.PositiveInfinity;
            differences[i] = Math.Abs((double)found[i] - expected[i]);
            scale = Math.Max(scale, Math.Abs(expected[i]));
        }

        Array.Sort(differences);
        return differences[^(1 + found.Length / 10_000)] / Math.Max(scale, double.Epsilon);
    }
}
