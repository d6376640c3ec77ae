using DreamTime.Renderers.Cuda;

namespace DreamTime.CudaProof;

/// <summary>What the program prints, a line at a time as it comes to know it.</summary>
internal static class Report
{
    public static void Line(string text)
    {
        Console.Out.WriteLine(text);
        Console.Out.Flush();
    }

    /// <summary>Runs the cases that have some words in their name; one that fails does not keep the others from running. Returns whether there are any and all are right.</summary>
    public static bool Proofs(IKernelDevice device, int size, string words)
    {
        var failures = 0;
        var cases = ProofCase.All.Where(proof => proof.Name.Contains(words, StringComparison.Ordinal)).ToArray();
        foreach (var proof in cases)
        {
            string found;
            var right = false;
            try
            {
                var error = proof.Error(device, size);
                right = error <= proof.Tolerance;
                found = $"{error:E1} of {proof.Tolerance:E0}";
            }
            catch (Exception e)
            {
                found = e.Message;
            }

            failures += right ? 0 : 1;
            Line($"{(right ? "right" : "WRONG")}  {proof.Name}: {found}");
        }

        Line($"{cases.Length - failures} right, {failures} wrong");
        return failures == 0 && cases.Length > 0;
    }

    /// <summary>Times kernels and steps, and says how near the device's own ceilings they come.</summary>
    public static void Timings(CudaDevice device)
    {
        var ceilings = Ceilings.Measure(device);
        Line($"ceilings: {ceilings.Bandwidth / 1e9:F0} GB/s (a copy, read and written), {ceilings.Arithmetic / 1e12:F1} TFLOP/s (fused multiply-adds)");
        Line($"{"what",-52} {"ms",9} {"Msample/s",10} {"GB/s",7} {"of copy",8} {"TFLOP/s",8} {"of FMA",7}");
        foreach (var timing in ((Func<CudaDevice, IEnumerable<Timing>>[])
                 [NerfTimings.Of, SlopeTimings.Of, UnboundedTimings.Of, NeusTimings.Of, LightTimings.Of, DmtetTimings.Of, SplatTimings.Of]).SelectMany(timings => timings(device)))
        {
            var seconds = timing.Milliseconds / 1e3;
            Line(
                $"{timing.Name,-52} {timing.Milliseconds,9:F3} {timing.Samples / seconds / 1e6,10:F0} {timing.Bytes / seconds / 1e9,7:F0} {timing.Bytes / seconds / ceilings.Bandwidth,8:P0} "
                + $"{timing.Operations / seconds / 1e12,8:F1} {timing.Operations / seconds / ceilings.Arithmetic,7:P0}");
        }
    }
}
