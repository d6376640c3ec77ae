using BenchmarkDotNet.Running;
using DreamTime.Benchmarks;

// Networks of gigabytes, timed layer by layer, do not fit BenchmarkDotNet's way of calling a method often.
if (args is ["networks"])
    NetworkBenchmark.Run(Console.Out);
else if (args is ["marks"])
    MarkBenchmark.Run(Console.Out);
else
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
