using System.Text.Json;
using DreamTime.Diffusion;
using DreamTime.Schedules;
using static TorchSharp.torch;

namespace DreamTime.Golden;

/// <summary>
/// The prior's denoiser with its noise table as the reference has it: betas and abar rounded to float32. The port computes the table in double, and 1 - abar then differs by
/// up to 6e-6 of itself at small t, more than a loss is allowed to: so the fixture compares what was computed from the same table.
/// </summary>
internal sealed class ReferenceNoise(IDenoiser inner, NoiseSchedule noise) : IDenoiser
{
    public NoiseSchedule Noise => noise;

    public static ReferenceNoise Around(IDenoiser inner, string schedulerConfig)
    {
        using var document = JsonDocument.Parse(schedulerConfig);
        var config = document.RootElement;
        double Number(string key) => config.GetProperty(key).GetDouble();
        using var scope = NewDisposeScope();
        var betas = config.GetProperty("beta_schedule").GetString() switch
        {
            "linear" => linspace(Number("beta_start"), Number("beta_end"), inner.Noise.Timesteps, ScalarType.Float32),
            "scaled_linear" => linspace(Math.Sqrt(Number("beta_start")), Math.Sqrt(Number("beta_end")), inner.Noise.Timesteps, ScalarType.Float32).square(),
            _ => null,
        };
        bool plain = betas is not null && !(config.TryGetProperty("rescale_betas_zero_snr", out var zero) && zero.ValueKind == JsonValueKind.True);
        return new ReferenceNoise(inner, plain ? Table(1 - betas!) : inner.Noise);
    }

    public Tensor PredictNoise(Tensor noisy, IReadOnlyList<int> timesteps, Tensor? text) => inner.PredictNoise(noisy, timesteps, text);

    public void Dispose() => inner.Dispose();

    private static NoiseSchedule Table(Tensor alphas)
    {
        double product = 1;
        return NoiseSchedule.FromAlphaBars([.. alphas.data<float>().ToArray().Select(alpha => (double)(float)(product *= alpha))]);
    }
}
