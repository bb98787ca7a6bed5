"""How a street network is made: labelled pictures -> views at very low definition -> network -> ONNX file.

    samples ─► views ─► targets ─► train ─► export

Never needed to run the product. It wants torch: `pip install -e .[training]`. README.md says how and how long.
"""
