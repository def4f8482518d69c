using System.Text.Json.Serialization;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence;

/// <summary>
/// The student of Parallel WaveNet (van den Oord et al., arXiv 1711.10433, sections 3 and 4): inverse autoregressive flows, which turn white noise
/// into all samples of a sound at once. With z_t from the standard logistic distribution and x⁰ = z, each flow i gives
/// x^i_t = x^(i−1)_t · s^i_t + μ^i_t, where a <see cref="WaveNet"/> computes s^i and μ^i from x^(i−1) before t and from the conditions of t. So x_t,
/// given the noise before it, is logistic with s = Π s^i and μ = Σ_i μ^i Π_{j>i} s^j.
/// Deviates: x is a level of μ-law from −1 to 1, the same that the teacher's classes are, and the probability of a class is that of its interval.
/// </summary>
public sealed record ParallelWaveNet
{
    /// <summary>Number of flows; at least 1. Default 2; the paper has 4.</summary>
    public int Flows { get; init; } = 2;

    /// <summary>Channels of the residual path of each flow; at least 1. Default 16.</summary>
    public int Channels { get; init; } = 16;

    /// <summary>Channels of the summed skips of each flow; at least 1. Default 16.</summary>
    public int SkipChannels { get; init; } = 16;

    /// <summary>Blocks of each flow; the i-th has dilation 2^i; from 1 to 20. Default 7.</summary>
    public int Levels { get; init; } = 7;

    /// <summary>Taps of each dilated convolution; at least 2. Default 2.</summary>
    public int KernelSize { get; init; } = 2;

    /// <summary>The problems of these hyper-parameters, one sentence each; empty if there are none.</summary>
    public IEnumerable<string> Problems()
    {
        if (Flows < 1)
            yield return $"{nameof(Flows)} must be at least 1; found {Flows}.";
        if (Levels is < 1 or > 20)
            yield return $"{nameof(Levels)} must be from 1 to 20; found {Levels}.";
        foreach (string problem in Levels is < 1 or > 20 ? [] : Network.Problems())
            yield return problem;
    }

    [JsonIgnore]
    private WaveNet Network => new() { Channels = Channels, SkipChannels = SkipChannels, Cycles = 1, Levels = Levels, KernelSize = KernelSize };

    /// <summary>One flow: from the sample before and the conditions, [T, 1 + K], to μ and the logarithm of s, [T, 2].</summary>
    /// <param name="teacher">The teacher's task, whose conditions it has.</param>
    internal NetworkPlan Flow(NextStep teacher)
    {
        NextStep task = teacher with { Kind = StepKind.Real, Input = teacher.Input with { Tokens = null } };
        Layer backbone = Network.Build(context: 1, task.Conditions);
        var head = new Dense(2);
        return task.Input.Conditions is not null ? ConditionedPlan.Build(task, backbone, head) : new NetworkPlan(
            [new NetworkInput(NetworkInput.Past, 1, StepCoverage.Past)],
            [new NetworkNode(NetworkNode.Backbone, backbone, [NetworkInput.Past]), new NetworkNode(NetworkNode.Head, head, [NetworkNode.Backbone])]);
    }
}
