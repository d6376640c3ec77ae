namespace DreamTime.Diffusion;

/// <summary>
/// Bicubic resizing of 8-bit images as Pillow's <c>Image.resize</c> does it, bit for bit: Keys' kernel with a = -1/2, widened when the
/// image shrinks, coefficients rounded to 22 binary digits, first along rows, then along columns, each rounded to 8 bits.
/// </summary>
internal static class PillowBicubic
{
    private const double Support = 2;
    private const int Digits = 22;

    /// <summary>Resizes height x width x channels to newHeight x newWidth x channels.</summary>
    public static byte[] Resize(byte[] image, int height, int width, int channels, int newHeight, int newWidth)
    {
        // Elements that lie one step apart along the axis are `stride` apart in memory.
        byte[] rows = width == newWidth ? image : Along(image, height, width, channels, newWidth);
        return height == newHeight ? rows : Along(rows, 1, height, newWidth * channels, newHeight);
    }

    /// <summary>Resizes the middle axis of outer x size x stride.</summary>
    private static byte[] Along(byte[] image, int outer, int size, int stride, int newSize)
    {
        var windows = Enumerable.Range(0, newSize).Select(place => Window.At(place, size, newSize)).ToArray();
        byte[] resized = new byte[outer * newSize * stride];
        for (int block = 0; block < outer; block++)
            for (int place = 0; place < newSize; place++)
                for (int offset = 0; offset < stride; offset++)
                    resized[(block * newSize + place) * stride + offset] =
                        windows[place].Sum(image, block * size * stride + offset, stride);
        return resized;
    }

    private static double Kernel(double x)
    {
        const double a = -0.5;
        x = Math.Abs(x);
        return x < 1 ? ((a + 2) * x - (a + 3)) * x * x + 1
            : x < 2 ? (((x - 5) * x + 8) * x - 4) * a
            : 0;
    }

    /// <summary>The elements that one element of the result is made of, and their weights times 2^22.</summary>
    private readonly record struct Window(int First, int[] Weights)
    {
        public static Window At(int place, int size, int newSize)
        {
            double scale = (double)size / newSize, widening = Math.Max(scale, 1), reach = Support * widening;
            double centre = (place + 0.5) * scale;
            int first = Math.Max((int)(centre - reach + 0.5), 0), end = Math.Min((int)(centre + reach + 0.5), size);
            double[] weights = [.. Enumerable.Range(first, end - first).Select(i => Kernel((i - centre + 0.5) * (1 / widening)))];
            double total = weights.Sum();
            return new Window(first, [.. weights.Select(weight => Fixed(weight / total))]);
        }

        public byte Sum(byte[] image, int start, int stride)
        {
            int sum = 1 << (Digits - 1);
            for (int i = 0; i < Weights.Length; i++)
                sum += image[start + (First + i) * stride] * Weights[i];
            return (byte)Math.Clamp(sum >> Digits, byte.MinValue, byte.MaxValue);
        }

        /// <summary>Rounded to nearest, halves away from zero.</summary>
        private static int Fixed(double weight) => (int)(weight * (1 << Digits) + (weight < 0 ? -0.5 : 0.5));
    }
}
