using System.Runtime.CompilerServices;
using Microsoft.ML;
using MLNet.Sequence;
using MLNet.Sequence.Hosting;

// These two give the runtime the access that build/Publicizer gives the compiler.
[assembly: IgnoresAccessChecksTo("Microsoft.ML.Core")]
[assembly: IgnoresAccessChecksTo("Microsoft.ML.Data")]

// ml.Model.Load finds the loader by this entry: the saved model names this assembly and the loader's signature.
[assembly: LoadableClass(typeof(ITransformer), typeof(ModelLoader), null, typeof(SignatureLoadModel),
    "Sequence model", ModelLoader.Signature)]
