namespace MLNet.Sequence;

/// <summary>What a simple recurrent layer's matrix R starts from.</summary>
public enum RecurrentInitialization
{
    /// <summary>Uniform in ±1/√h for h units: PyTorch's rule.</summary>
    Uniform,

    /// <summary>A random orthogonal matrix, which keeps lengths (Saxe, McClelland and Ganguli, arXiv 1312.6120).</summary>
    Orthogonal,

    /// <summary>The identity, with both biases 0: what is remembered stays as it is (Le, Jaitly and Hinton, arXiv 1504.00941).</summary>
    Identity,
}
