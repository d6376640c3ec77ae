using System.Globalization;
using DreamTime.CudaProof;
using DreamTime.Renderers.Cuda;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
const string Usage = "DreamTime.CudaProof [--device N] [--ptx FOLDER] [--quick] [--cases WORDS] [--host FOLDER-OF-KERNELS] [--compile FOLDER-OF-THE-CUDA-PROJECT]";
var (index, quick, cases, ptx, host, compile) = (0, false, "", (string?)null, (string?)null, (string?)null);
for (var i = 0; i < args.Length; i++)
{
    var value = i + 1 < args.Length ? args[i + 1] : null;
    switch (args[i])
    {
        case "--quick": quick = true; break;
        case "--cases" when value is not null: cases = value; i++; break;
        case "--device" when int.TryParse(value, out index) && index >= 0: i++; break;
        case "--ptx" when Directory.Exists(value): ptx = value; i++; break;
        case "--compile" when Directory.Exists(value): compile = value; i++; break;
        case "--host" when Directory.Exists(value): host = value; i++; break;
        default: return Complain($"'{args[i]}' is no option, or lacks what it needs.");
    }
}

try
{
    if (compile is not null)
    {
        PtxRecipe.CompileAll(compile);
        return 0;
    }

    if (host is not null)
    {
        using var processor = new HostDevice(host, HostCompiler.Find() ?? throw new CudaException("There is no clang++ on the PATH to compile the kernels for this processor."));
        return Report.Proofs(processor, 300, cases) ? 0 : 1;
    }

    using var gpu = new CudaDevice(index, ptx is null ? null : PtxModules.In(ptx));
    Report.Line(gpu.Info.ToString());
    var right = Report.Proofs(gpu, quick ? 1000 : 20_000, cases);
    if (!quick)
        Report.Timings(gpu);
    return right ? 0 : 1;
}
catch (Exception e) when (e is CudaException or System.ComponentModel.Win32Exception)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}

static int Complain(string what)
{
    Console.Error.WriteLine($"{what}\n{Usage}");
    return 2;
}
