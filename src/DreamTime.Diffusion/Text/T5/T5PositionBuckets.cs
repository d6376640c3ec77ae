using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>
/// Buckets of relative positions (Raffel et al. 2020, section 2.1): one each for the nearest, then wider ones by the logarithm of the distance, half of
/// them for tokens before and half for tokens behind.
/// </summary>
internal static class T5PositionBuckets
{
    /// <summary>The bucket of each relative position (that of the seen token minus that of the seeing one), int64, of the same shape.</summary>
    public static Tensor Of(Tensor relative, int buckets, int maxDistance)
    {
        using var scope = NewDisposeScope();
        int side = buckets / 2, nearest = side / 2;
        var distance = relative.abs();
        // In float32, as the reference: a distance on the border of two buckets goes where float32's rounding puts it.
        var share = distance.clamp_min(1).to(ScalarType.Float32).Over(nearest).log().Over(Math.Log((double)maxDistance / nearest)).Times(side - nearest);
        var far = share.to(ScalarType.Int64).Plus(Whole(nearest)).clamp_max(side - 1);
        var behind = relative.gt(0).to(ScalarType.Int64) * Whole(side);
        return behind.Plus(where(distance.lt(nearest), distance, far)).MoveToOuterDisposeScope();

        Tensor Whole(long number) => tensor(number, device: relative.device);
    }
}
