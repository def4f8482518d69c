using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Distillation;

/// <summary>
/// The power loss (arXiv 1711.10433, section 4.2): how the average power of two sounds differs over frequencies. Windows of N samples, weighted by
/// Hann's window, overlap by half.
/// Deviates: logarithms are compared, so that quiet frequencies count as much as loud ones.
/// </summary>
internal sealed class PowerLoss : IDisposable
{
    // The power of silence: that of white noise of .003 of the largest amplitude. Quieter frequencies are not compared.
    private const double Silence = 1e-3;

    private readonly int _window, _classes;
    private readonly Tensor _cosines, _sines;

    public PowerLoss(int window, int classes)
    {
        (_window, _classes) = (window, classes);
        float[] Waves(Func<double, double> wave) => [.. from n in Enumerable.Range(0, window)
                                                         let weight = 0.5 - 0.5 * Math.Cos(2 * Math.PI * n / window)
                                                         from k in Enumerable.Range(0, window / 2 + 1)
                                                         select (float)(weight * wave(2 * Math.PI * n * k / window))];
        using var scope = NewDisposeScope();
        // Copied: products round differently for different alignments of .NET's memory.
        _cosines = tensor(Waves(Math.Cos)).clone().view(window, -1).DetachFromDisposeScope();
        _sines = tensor(Waves(Math.Sin)).clone().view(window, -1).DetachFromDisposeScope();
    }

    /// <summary>The mean squared difference of logarithms, over pieces and frequencies.</summary>
    /// <param name="levels">[B, T], levels of μ-law.</param>
    /// <param name="recorded">Likewise.</param>
    public Tensor Of(Tensor levels, Tensor recorded) => (Logarithms(levels) - Logarithms(recorded)).Square().mean();

    public void Dispose()
    {
        _cosines.Dispose();
        _sines.Dispose();
    }

    // [B, T] → [B, N / 2 + 1]
    private Tensor Logarithms(Tensor levels)
    {
        int mu = _classes - 1;
        Tensor f = levels.Clamp(-1, 1);
        Tensor sound = f.sign() * f.abs().Mul(Math.Log(1 + mu)).exp().Add(-1).Div(mu);
        Tensor windows = sound.unfold(1, _window, _window / 2); // [B, T] → [B, windows, N]
        Tensor power = windows.matmul(_cosines).Square().Add(windows.matmul(_sines).Square());
        return power.mean([1]).Add(Silence).log();
    }
}
