using MLNet.Sequence.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Torch;

/// <summary>Code that must not be written: numbers that nothing keeps alive while libtorch reads them. Never run.</summary>
internal static class Careless
{
    public static Tensor Converted(Tensor x) => x.mul(0.5);

    public static Tensor Extended(Tensor x) => x.mul(0.5f.ToScalar());

    public static Tensor Sum(Tensor x) => x + x;

    public static Tensor Product(Tensor x) => x * 2;

    public static Tensor Squared(Tensor x) => x.square();

    public static string Printed(Tensor x) => x.str();

    public static Func<Tensor> Lambda(Tensor x) => () => x + x;

    public static IEnumerable<Tensor> Iterated(Tensor x)
    {
        yield return x.square();
    }

    public static async Task<Tensor> Awaited(Tensor x)
    {
        await Task.Yield();
        return x.square();
    }

    public static Tensor Held(Tensor x) => x.Mul(0.5) * x - x;

    private sealed class Of<T>
    {
        public static Tensor Generic(Tensor x) => x.square();
    }
}
