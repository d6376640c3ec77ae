// From one line to a weight of your own: the walk of examples/05-own-weight.fsx in C#. Nothing here needs a model or libtorch.
using DreamTime.Schedules;

var sd = NoiseSchedule.StableDiffusion;

// 1. One line: a weight says how much of a run each timestep gets. In ten steps: 720 664 623 588 556 524 489 449 394 1.
Show(ScheduleExpression.Descend(Weights.Snr * Weights.Gaussian(500, 125)).Compile(sd));

// 2. The same as text. It prints as it was written.
var expression = ScheduleExpression.Parse("snr * gaussian 500 125");
Console.WriteLine($"{expression} has the hash {expression.Hash[..8]}…");

// 3. A mistake says where it is and what was meant.
try
{
    ScheduleExpression.Parse("snr * gausian 500 125");
}
catch (ScheduleParseException mistake)
{
    Console.WriteLine($"column {mistake.Column}: {mistake.Found}, did you mean {mistake.Suggestion}?");
}

// 4. Earlier or later, narrower or wider: move m and s.
foreach (var (m, s) in new[] { (400, 125), (600, 125), (500, 50), (500, 300) })
    Show(ScheduleExpression.Descend(Weights.Snr * Weights.Gaussian(m, s)).Compile(sd));

// 5. Combine: two bumps, of which the upper one counts half; no weight outside 20..980, before it is normalised.
var twoBumps = (Weights.Gaussian(300, 40) + Weights.Gaussian(700, 60) / 2).Truncate(20, 980);
Show(ScheduleExpression.Descend(twoBumps).Compile(sd));

// 6. Clamp limits the result instead: the steps outside pile up at the limits.
Show(ScheduleExpression.Clamp(200, 800, ScheduleExpression.Descend(Weights.Constant(1))).Compile(sd));

// 7. Other rules are schedules too: HiFA's square root, and ProlificDreamer's two ranges, which are drawn.
Show(ScheduleExpression.Power(981, 301, 0.5).Compile(sd));
Show(ScheduleExpression.Stages([(0.0, ScheduleExpression.Uniform(21, 981)), (0.2, ScheduleExpression.Uniform(21, 501))]).Compile(sd));

// 8. Your own function of t: a table, here a weight that avoids the middle. It combines as any other.
var avoidsTheMiddle = Weights.Table(Enumerable.Range(1, 1000).Select(t => 1 - Math.Exp(-Math.Pow((t - 500) / 200.0, 2))));
var own = ScheduleExpression.Descend(Weights.Snr * avoidsTheMiddle).Compile(sd);
Console.WriteLine($"own: {string.Join(' ', own.Timesteps(10))}");

// 9. On another model: a weight that is infinite there is an error that names the t.
try
{
    ScheduleExpression.Descend(Weights.Snr).Compile(sd.RescaledToZeroTerminalSnr());
}
catch (ScheduleException fault)
{
    Console.WriteLine($"{fault.Error.Fault} at t = {fault.Timestep}: {fault.Message}");
}

var onFlow = ScheduleExpression.Descend(Weights.LogitNormal(0, 1)).Compile(NoiseSchedule.Flow(1000, 3));
Console.WriteLine($"times of a flow: {string.Join(' ', Enumerable.Range(1, 5).Select(step => onFlow.TimeAt(step, 5).ToString("F3")))}");

// 10. Use it: a run is an array to look up in. A method that needs a descent asks for one by its type.
Train(DescendingSchedule.Of(twoBumps.Compile(sd)));
try
{
    Train(DescendingSchedule.Of(ScheduleExpression.Uniform(21, 981).Compile(sd)));
}
catch (ArgumentException fault)
{
    Console.WriteLine(fault.Message);
}

// 11. See it, and read where its steps go.
var folder = Environment.GetEnvironmentVariable("DREAMTIME_EXAMPLES_OUT") ?? ".";
var named = new Dictionary<string, Schedule> { ["own"] = own, ["dreamtime"] = SchedulePresets.Find("dreamtime").Expression.Compile(sd) };
SchedulePlot.Save(SchedulePlot.Timesteps(named, 1000), Path.Combine(folder, "own-csharp.svg"));
Console.WriteLine(own.Describe(1000));

static void Show(Schedule schedule) =>
    Console.WriteLine($"{schedule,-45} {SchedulePlot.Sparkline(schedule, 20)}  {string.Join(' ', schedule.Timesteps(10))}");

static void Train(DescendingSchedule descent)
{
    var run = descent.Over(1000);
    Console.WriteLine($"t falls from {run[1]} to {run[1000]}");
}
