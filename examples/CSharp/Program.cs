using System.Globalization;
using DreamTime;
using DreamTime.Diffusion;
using DreamTime.Schedules;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

// CI shortens the run; a reader of this program leaves it alone and gets a real model.
var steps = int.Parse(Environment.GetEnvironmentVariable("DREAMTIME_EXAMPLES_STEPS") ?? "300");
var folder = Environment.GetEnvironmentVariable("DREAMTIME_EXAMPLES_OUT") ?? ".";

// <text-to-3d>
using var prior = Prior.Load(PriorSource.Embedded);
using var run = TextTo3D.Start(prior, "a red mushroom with a white stem", new TextTo3DOptions
{
    Steps = steps,
    Schedule = ScheduleExpression.Parse("snr * gaussian 500 125"),
});

using var cancellation = new CancellationTokenSource();
await foreach (var step in run.OptimizeAsync(cancellation.Token))
    if (step.Index % 50 == 0)
        Console.WriteLine($"{step.Index}/{step.Total}  t={step.Timestep}  {step.Rate:F1} steps/s");

run.ExtractAsset().Save(Path.Combine(folder, "mushroom.glb"), "mushroom");
// </text-to-3d>
Console.WriteLine($"wrote {Path.Combine(folder, "mushroom.glb")}");
