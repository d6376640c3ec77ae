using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Group normalisation that starts as the identity scale: TorchSharp's own leaves weight and bias uninitialised.</summary>
internal sealed class GroupNorm : nn.Module<Tensor, Tensor>
{
    private readonly int groups;
    private readonly double epsilon;
    private readonly TorchSharp.Modules.Parameter weight;
    private readonly TorchSharp.Modules.Parameter bias;

    public GroupNorm(int groups, int channels, double epsilon)
        : base(nameof(GroupNorm))
    {
        this.groups = groups;
        this.epsilon = epsilon;
        weight = nn.Parameter(ones(channels));
        bias = nn.Parameter(zeros(channels));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => nn.functional.group_norm(input, groups, weight, bias, epsilon);
}
