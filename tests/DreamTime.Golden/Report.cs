using System.Globalization;
using static TorchSharp.torch;

namespace DreamTime.Golden;

/// <summary>Runs golden files, writes a line per tensor, and counts.</summary>
internal sealed class Report(string root, IReadOnlyList<IFixture> kinds, TextWriter output)
{
    private int within;
    private int beyond;
    private int notSupported;
    private (double Ratio, string Where) worst = (0, "nothing compared");

    public void Run(GoldenFile file)
    {
        string name = Path.GetRelativePath(root, file.FullPath);
        if (kinds.FirstOrDefault(kind => kind.Matches(file)) is not { } kind)
        {
            NotSupported(name, file.Names.Where(tensor => !tensor.StartsWith("in.", StringComparison.Ordinal)), "no such kind of file");
            return;
        }
        var open = kind.Expected(file).ToHashSet();
        string reason = "not computed";
        try
        {
            using var scope = NewDisposeScope();
            foreach (var comparison in kind.Run(file))
            {
                open.Remove(comparison.Name);
                Compared(name, comparison);
            }
        }
        catch (Exception error)
        {
            reason = $"{error.GetType().Name}: {error.Message.ReplaceLineEndings(" ")}";
        }
        NotSupported(name, open, reason);
    }

    /// <summary>Writes the last line.</summary>
    /// <returns>Whether something was compared, and all is within its tolerance.</returns>
    public bool Close()
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"largest error: {worst.Ratio:G3} atol, {worst.Where}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{within} within tolerance, {beyond} beyond, {notSupported} not supported"));
        return within > 0 && beyond == 0 && notSupported == 0;
    }

    private void Compared(string file, Comparison comparison)
    {
        string verdict = comparison.IsWithin ? "" : "  BEYOND";
        string remark = comparison.Remark.Length == 0 ? "" : $"  {comparison.Remark}";
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{file}  {comparison.Name}  error {comparison.Error:E2}  atol {comparison.Tolerance:E2}  ratio {comparison.Ratio:G3}{verdict}{remark}"));
        if (comparison.IsWithin)
            within++;
        else
            beyond++;
        if (comparison.Ratio > worst.Ratio || !comparison.IsWithin && worst.Ratio == 0)
            worst = (comparison.Ratio, $"{file}  {comparison.Name}");
    }

    private void NotSupported(string file, IEnumerable<string> tensors, string reason)
    {
        string[] names = [.. tensors.Order(StringComparer.Ordinal)];
        foreach (string tensor in names)
            output.WriteLine($"{file}  {tensor}  NOT SUPPORTED");
        if (names.Length > 0)
            output.WriteLine($"{file}  {names.Length} tensors are not supported: {reason}");
        notSupported += names.Length;
    }
}
